// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runTests } from './run-tests.ts';
import { formatTally, sumTallies, type Tally } from './tally.ts';

const SOURCES = {
  'good.test.ts': "import { test } from 'node:test'; test('holds', () => {});",
  'absent.test.ts': `
    import { describe, it, test } from 'node:test';
    describe('a node', { skip: 'no node here' }, () => it('runs a pod', () => {}));
    test('outer', async (t) => { await t.test('inner', { skip: true }, () => {}); });
    test('later', { todo: 'next issue' }, () => { throw new Error('not yet'); });`,
  'hook.test.ts': `
    import { before, describe, it } from 'node:test';
    describe('hooked', () => { before(() => { throw new Error('hook'); }); it('never begins', () => {}); });`,
  'also.test.ts': "import { test } from 'node:test'; test('holds too', () => {}); test('and again', () => {});",
  'late.test.ts': "import { test } from 'node:test'; test('is here', () => {}); throw new Error('after a test');",
  'alone.test.ts': "import { test } from 'node:test'; test('alone', () => { process.exitCode = 0; });",
  'crash.test.ts': "throw new Error('at import');",
  'dies.test.ts': "import { test } from 'node:test'; test('kills', () => process.kill(process.pid, 'SIGKILL'));",
};

describe('a test run', () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-run-tests-'));
    for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(dir, name), text);
  });
  after(() => rmSync(dir, { recursive: true }));

  async function tallyOf(...names: (keyof typeof SOURCES)[]): Promise<{ ok: boolean; tally: Tally }> {
    const files = names.map((name) => join(dir, name));
    return runTests({ name: 'planted', files, concurrency: 2 });
  }

  function sharedRun(...names: (keyof typeof SOURCES)[]) {
    const files = names.map((name) => join(dir, name));
    return runTests({ name: 'planted', files, concurrency: 2, shared: { processes: 1 } });
  }

  it('passes when all that ran passed, and counts what did not run as neither', async () => {
    const { ok, tally } = await tallyOf('good.test.ts', 'absent.test.ts');
    assert.equal(ok, true);
    assert.deepEqual([tally.passed, tally.failed], [2, 0]);
    assert.deepEqual(
      tally.notRun.map(({ name, reason }) => [name, reason]),
      [
        ['a node', 'no node here'],
        ['outer › inner', 'skipped'],
        ['later', 'to do: next issue'],
      ],
    );
    assert.match(formatTally(sumTallies([tally, tally])), /NOT RUN: 6 .*\n[\s\S]*\n4 passed, 0 failed\n$/);
  });

  for (const name of ['hook.test.ts', 'crash.test.ts', 'dies.test.ts'] as const) {
    it(`fails for ${name}`, async () => {
      const { ok, tally } = await tallyOf('good.test.ts', name);
      assert.deepEqual([ok, tally.passed, tally.failed], [false, 1, 1]);
    });
  }

  it('counts the tests of files that share a process, and of one that has its own, as if each had', async () => {
    const { ok, tally } = await sharedRun('good.test.ts', 'alone.test.ts', 'also.test.ts', 'absent.test.ts');
    assert.deepEqual([ok, tally.passed, tally.failed], [true, 5, 0]);
    assert.deepEqual(
      tally.notRun.map(({ name }) => name),
      ['a node', 'outer › inner', 'later'],
    );
  });

  for (const name of ['hook.test.ts', 'crash.test.ts', 'late.test.ts', 'dies.test.ts'] as const) {
    it(`fails for ${name} in a shared process`, async () => {
      const { ok, tally } = await sharedRun('good.test.ts', name);
      assert.equal(ok, false);
      assert.ok(tally.failed > 0);
    });
  }

  it('fails without any file', async () => {
    const { ok, tally } = await tallyOf();
    assert.deepEqual([ok, tally.failed], [false, 1]);
  });
});
