// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseAllDocuments, stringify } from 'yaml';
import { runCommand } from './command-fixture.ts';

let dir: string;
let config: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-clusters-'));
  config = join(dir, 'gateway.yaml');
  const tls = { certificateFile: 'tls.pem', keyFile: 'tls.key' };
  await writeFile(
    config,
    stringify(
      {
        dataDir: 'data',
        listeners: { data: { tls }, tunnel: {}, control: { tls }, health: {} },
        log: { dir: 'log' },
        policies: { dir: 'policies' },
        issuers: [{ kind: 'oidc', name: 'idp', issuer: 'https://idp.example', audience: 'countersign' }],
        clusters: [{ name: 'prod' }],
        agents: [
          {
            id: 'deployer',
            owner: 'ada@example.com',
            purpose: 'Deploys',
            match: { issuer: 'idp', subject: 'deployer' },
            clusters: [{ name: 'prod', groups: ['countersign:shop'] }],
          },
        ],
      },
      { aliasDuplicateObjects: false },
    ),
  );
});

after(() => rm(dir, { recursive: true }));

const manifests = (...args: readonly string[]) => runCommand('clusters', 'manifests', '--config', config, ...args);

test('YAML has the objects one by one, JSON as the list that kubectl takes too', async () => {
  const [yaml, json] = [await manifests('prod'), await manifests('prod', '-o', 'json')];
  const documents = parseAllDocuments(yaml.out).map((document) => document.toJS());
  assert.deepEqual([yaml.exitCode, json.exitCode], [0, 0]);
  assert.deepEqual(JSON.parse(json.out), { apiVersion: 'v1', kind: 'List', items: documents });
  assert.ok(documents.some(({ kind }) => kind === 'ClusterRole'));
  assert.match(yaml.out, /deployer/);
  assert.match(yaml.out, /countersign:shop/);
});

test('agents that the configuration does not name are added by name', async () => {
  const { out } = await manifests(
    'prod',
    '--agent',
    'scribe',
    '--agent',
    'deployer',
    '--group',
    'writers',
    '-o',
    'json',
  );
  assert.match(out, /countersign:agent:scribe/);
  assert.equal(
    out.match(/countersign:agent:deployer/g)?.length,
    (await manifests('prod', '-o', 'json')).out.match(/countersign:agent:deployer/g)?.length,
  );
  assert.match(out, /"writers"/);
  const wrong = await manifests('prod', '--group', 'system:masters');
  assert.deepEqual([wrong.exitCode, wrong.err], [3, 'countersign: "system:masters" can\'t be a group\n']);
});

test('another account, and what there is for older clusters', async () => {
  const { out } = await manifests('prod', '--service-account', 'tools/dialler', '--legacy-impersonation', '-o', 'json');
  assert.match(out, /"namespace": ?"tools"/);
  assert.match(out, /"impersonate"/);
});

test('what is called wrongly is usage, a configuration that is none is not', async () => {
  for (const args of [['nowhere'], ['prod', '--service-account', 'one'], ['prod', '--api-group', 'UPPER']]) {
    assert.equal((await manifests(...args)).exitCode, 3, args.join(' '));
  }
  await writeFile(config, stringify({ clusters: [] }));
  assert.equal((await manifests('prod')).exitCode, 2);
});
