// SPDX-License-Identifier: Apache-2.0
// What matrix.test.ts runs with the newest and the oldest kubectl, with all that are between them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clientPrograms, labCacheDir } from '@countersign/lab';
import { assertJoined } from '../installation/assert-joined.ts';
import type { Installation } from '../installation.ts';
import { installPackages, NEWER } from './install-packages.ts';
import { kubectlSuite } from './kubectl-suite.ts';
import { Matrix } from './matrix.ts';
import { GROUP, startMatrixInstallation } from './matrix-installation.ts';

let site: Installation;
let matrix: Matrix;
let dirs: ReadonlyMap<string, string>;

before(async () => {
  dirs = await installPackages(Object.values(NEWER));
  site = await startMatrixInstallation();
  matrix = await Matrix.open(site, 'runner', GROUP);
});
after(() => site?.stop());

for (const [age, name] of Object.entries(NEWER)) {
  const programs = () => clientPrograms(dirs.get(name) ?? name, labCacheDir());
  kubectlSuite({ age, minor: Number(age.slice(1)), programs }, () => matrix);
}

test('the audit log of the API server and ours join', async () => {
  const { both } = await assertJoined(site, ['lab']);
  assert.ok(both > 500, `${both}`);
});
