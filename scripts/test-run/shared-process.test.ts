// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ProcessLimits } from './limit-process.ts';
import { runTests } from './run-tests.ts';
import { dealFiles, needsOwnProcess, sharedTestFile } from './shared-process.ts';

describe('files that share a process', () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-shared-process-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  async function run(limits: ProcessLimits, ...texts: readonly string[]) {
    const files = texts.map((_text, index) => join(dir, `planted-${index}.test.mjs`));
    for (const [index, file] of files.entries()) writeFileSync(file, texts[index] ?? '');
    const shared = join(dir, 'shared.test.mjs');
    writeFileSync(shared, sharedTestFile(files, limits));
    return runTests({ name: 'planted', files: [shared], concurrency: 1 });
  }

  it('fail, and say what it is, when a test leaves something open', async () => {
    const leak = "import { test } from 'node:test'; test('holds', () => { setInterval(() => {}, 1000); });";
    const { ok, output } = await run({ leakMs: 100 }, leak);
    assert.equal(ok, false);
    assert.match(output, /left open by a test: .*Timeout/);
  });

  it('end a property after its time, and not before one run', async () => {
    const property = `
      import assert from 'node:assert/strict';
      import { test } from 'node:test';
      import { setTimeout as pass } from 'node:timers/promises';
      import fc from ${JSON.stringify(import.meta.resolve('fast-check'))};
      test('holds', () => {
        let runs = 0;
        fc.assert(fc.property(fc.nat(), () => { runs += 1; }), { numRuns: 1e9 });
        assert.ok(runs > 0);
      });
      test('takes longer than that', () => fc.assert(fc.asyncProperty(fc.nat(), () => pass(80))));
      test('fails late', () => fc.assert(fc.asyncProperty(fc.nat(), () => pass(80).then(() => false))));
      test('fails', () => fc.assert(fc.property(fc.nat(), () => false)));`;
    const { tally, output } = await run({ propertyMs: 50 }, property);
    assert.deepEqual([tally.passed, tally.failed], [2, 2], output);
  });

  it('have hooks of their own, which the tests of others know nothing of', async () => {
    const file = (name: string) => `
      import assert from 'node:assert/strict';
      import { after, afterEach, before, beforeEach, test } from 'node:test';
      import { setTimeout as pass } from 'node:timers/promises';
      const seen = [];
      before(async () => { await pass(10); seen.push('before'); });
      beforeEach(() => { seen.push('each'); });
      afterEach(() => { seen.push('over'); });
      after(() => assert.deepEqual(seen.splice(0), ['before', 'each', '${name}', 'over']));
      test('${name}', () => { seen.push('${name}'); });`;
    const { ok, tally, output } = await run({}, file('one'), file('two'), file('three'));
    assert.deepEqual([ok, tally.passed], [true, 3], output);
  });

  it('are those that leave the process as it was', () => {
    for (const text of [
      "test('x', () => { process.exitCode = 1; });",
      "process.env.HOME = '/';",
      "import { mock, test } from 'node:test';",
      'globalThis.fetch = stub;',
    ]) {
      assert.equal(needsOwnProcess(text), true, text);
    }
    const within = "beforeEach(() => {});\nit('y', (t) => t.mock.timers.enable() ?? process.kill(child.pid));\n";
    assert.equal(needsOwnProcess(within), false);
  });

  it('are dealt so that each is in one hand, and no hand is empty', () => {
    assert.deepEqual(dealFiles(['a', 'b', 'c', 'd', 'e'], 2), [
      ['a', 'c', 'e'],
      ['b', 'd'],
    ]);
    assert.deepEqual(dealFiles(['a'], 4), [['a']]);
    assert.deepEqual(dealFiles([], 4), []);
  });
});
