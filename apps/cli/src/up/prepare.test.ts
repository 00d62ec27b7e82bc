// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { preparePolicies, prepareTls } from './prepare.ts';
import { shippedPolicies, upPaths } from './up-paths.ts';

const DAY_MS = 24 * 3_600_000;

describe('what up prepares', () => {
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'countersign-prepare-'));
  });

  after(() => rm(dir, { recursive: true, force: true }));

  it('a copy of the policies that was broken off is made anew, whole', async () => {
    const { policies } = upPaths(join(dir, 'policies'));
    // What a start that was killed in the middle of its copy leaves.
    await mkdir(join(policies, '.new'), { recursive: true });
    await writeFile(join(policies, '.new', 'stray.cedar'), 'permit (principal, action, resource);');
    await preparePolicies({ policies }, 'lab');
    const shipped = await readdir(join(shippedPolicies(), 'baseline'));
    const meant = shipped.filter((name) => !name.endsWith('.test.yaml'));
    assert.deepEqual((await readdir(join(policies, 'organisation'))).sort(), meant.sort());
    assert.ok((await readdir(join(policies, 'clusters', 'lab'))).length > 0);
    assert.deepEqual((await readdir(policies)).sort(), ['clusters', 'organisation']);
  });

  it("policies that are there are the user's", async () => {
    const { policies } = upPaths(join(dir, 'own-policies'));
    await cp(join(shippedPolicies(), 'examples', 'lab'), join(policies, 'organisation'), { recursive: true });
    const own = await readdir(join(policies, 'organisation'));
    await preparePolicies({ policies }, 'lab');
    assert.deepEqual(await readdir(join(policies, 'organisation')), own);
  });

  it('a certificate is kept, and made anew before it ends', async () => {
    const paths = upPaths(join(dir, 'tls'));
    const prepared = async (days: number) => {
      await prepareTls(paths, new Date(Date.now() + days * DAY_MS));
      return Promise.all([paths.tls.ca, paths.tls.certificate, paths.tls.key].map((file) => readFile(file, 'utf8')));
    };
    const first = await prepared(0);
    assert.deepEqual(await prepared(300), first);
    const renewed = await prepared(340);
    assert.ok(renewed.every((text, index) => text !== first[index]));
  });
});
