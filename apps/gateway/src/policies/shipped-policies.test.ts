// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CedarEngine } from './cedar.ts';
import { findCaseFiles, runCaseFile } from './run-case-file.ts';

const shipped = fileURLToPath(new URL('../../../../policies', import.meta.url));

test('the shipped policies do what their cases say', async (t) => {
  const engine = new CedarEngine();
  const files = await findCaseFiles(shipped);
  assert.ok(files.length >= 2, 'the shipped case files are found');
  for (const file of files) {
    for (const result of await runCaseFile(engine, file)) {
      await t.test(result.name, () => assert.deepEqual(result.differences, [], result.answer));
    }
  }
});
