// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { findOwnCluster } from './own-cluster.ts';

let dir: string;
let staging: string;
let production: string;

function kubeconfig(name: string): string {
  return JSON.stringify({
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server: 'https://127.0.0.1:6443' } }],
    users: [{ name, user: { token: 'not-a-real-token' } }],
  });
}

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'own-cluster-'));
  staging = join(dir, 'staging');
  production = join(dir, 'production');
  await writeFile(staging, kubeconfig('staging'));
  await writeFile(production, kubeconfig('production'));
});
after(() => rm(dir, { recursive: true }));

test('a context is found in the file that is given, or in those of KUBECONFIG', async () => {
  assert.deepEqual(await findOwnCluster('staging', staging, {}), { kubeconfig: staging, context: 'staging' });
  const both = { KUBECONFIG: [join(dir, 'missing'), staging, '', production].join(delimiter) };
  assert.equal((await findOwnCluster('production', undefined, both)).kubeconfig, production);
});

test('a context that is not there is an error that names those that are', async () => {
  const wrong = { exitCode: 2, message: /staging has no context "nosuch"; it has "staging"; nothing was started/ };
  await assert.rejects(findOwnCluster('nosuch', staging, {}), wrong);
  await assert.rejects(findOwnCluster('nosuch', join(dir, 'missing'), {}), { exitCode: 2, message: /can't be read/ });
});
