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

  async function run(text: string, limits: ProcessLimits) {
    const file = join(dir, 'planted.test.mjs');
    writeFileSync(file, text);
    const shared = join(dir, 'shared.test.mjs');
    writeFileSync(shared, sharedTestFile([file], limits));
    return runTests({ name: 'planted', files: [shared], concurrency: 1 });
  }

  it('fail, and say what it is, when a test leaves something open', async () => {
    const leak = "import { test } from 'node:test'; test('holds', () => { setInterval(() => {}, 1000); });";
    const { ok, output } = await run(leak, { leakMs: 100 });
    assert.equal(ok, false);
    assert.match(output, /left open by a test: .*Timeout/);
  });

  it('end a property after its time, and not before one run', async () => {
    const property = `
      import assert from 'node:assert/strict';
      import { test } from 'node:test';
      import fc from ${JSON.stringify(import.meta.resolve('fast-check'))};
      test('holds', () => {
        let runs = 0;
        fc.assert(fc.property(fc.nat(), () => { runs += 1; }), { numRuns: 1e9 });
        assert.ok(runs > 0);
      });
      test('fails', () => fc.assert(fc.property(fc.nat(), () => false)));`;
    const { tally } = await run(property, { propertyMs: 50 });
    assert.deepEqual([tally.passed, tally.failed], [1, 1]);
  });

  it('are those that leave the process as it was', () => {
    for (const text of [
      'before(() => {});\n',
      "import 'x';\nafterEach(async () => {});\n",
      "test('x', () => { process.exitCode = 1; });",
      "process.env.HOME = '/';",
      "t.mock.timers.enable({ apis: ['Date'] });",
      'globalThis.fetch = stub;',
    ]) {
      assert.equal(needsOwnProcess(text), true, text);
    }
    const within = "describe('x', () => {\n  before(() => {});\n  it('y', () => process.kill(child.pid));\n});\n";
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
