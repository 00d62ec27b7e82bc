// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followStanding } from './follow-standing.ts';

test('a store that is silent for five seconds, or only fails, lets nobody in', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let nowMs = 0;
  let answers = true;
  let isKnown = true;
  const problems: unknown[] = [];
  const registry = {
    catchUp: () => {
      isKnown ||= answers;
      return answers ? Promise.resolve() : new Promise<void>(() => {});
    },
    forget: () => {
      isKnown = false;
    },
  };
  const following = followStanding({ registry, nowMs: () => nowMs, onProblem: (error) => problems.push(error) });
  const pass = async (ms: number) => {
    for (const end = nowMs + ms; nowMs < end; ) {
      nowMs += 250;
      t.mock.timers.tick(250);
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  await pass(10_000);
  assert.ok(isKnown);
  answers = false;
  await pass(4_750);
  assert.ok(isKnown, 'it may answer yet');
  await pass(500);
  assert.ok(!isKnown);
  following[Symbol.dispose]();
  assert.deepEqual(problems, []);
});
