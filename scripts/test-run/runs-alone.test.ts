// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../run-step.ts';
import { measuresTime, runsAlone } from './runs-alone.ts';

test('a file runs alone that says so and why, in a line of its own', () => {
  assert.equal(runsAlone('// Runs alone: a lock ends it within a second.\n'), true);
  assert.equal(runsAlone("const text = '// Runs alone: x';\n"), false);
  assert.equal(runsAlone('// Runs alone:\n'), false);
});

test('each end-to-end file that measures time runs alone', () => {
  assert.equal(measuresTime("test('a lock ends it within a second', f);"), true);
  assert.equal(measuresTime('assert.ok(took < WITHIN_MS);'), true);
  assert.equal(measuresTime("test('within the bound', f);"), false);
  const texts = globSync('e2e/**/*.test.ts', { cwd: root }).map(
    (file) => [file, readFileSync(join(root, file), 'utf8')] as const,
  );
  const beside = texts.filter(([, text]) => measuresTime(text) && !runsAlone(text));
  assert.deepEqual(
    beside.map(([file]) => file),
    [],
  );
  assert.ok(texts.some(([, text]) => runsAlone(text)));
});
