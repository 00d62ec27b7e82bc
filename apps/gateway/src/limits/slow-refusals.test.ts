// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SlowRefusals } from './slow-refusals.ts';

/** Which of so many waits of an agent are over. */
function waits(refusals: SlowRefusals, agent: string, count: number, gone = new AbortController().signal) {
  const over: number[] = [];
  const all = Array.from({ length: count }, (_, at) => refusals.wait(agent, gone).then(() => over.push(at)));
  return { over, all: Promise.all(all) };
}

function stopClock({ mock }: TestContext): (ms: number) => Promise<void> {
  mock.timers.enable({ apis: ['setTimeout'] });
  return async (ms) => {
    mock.timers.tick(ms);
    await new Promise(setImmediate);
  };
}

test('a refusal waits for a tenth of a second', async (t) => {
  const pass = stopClock(t);
  const { over, all } = waits(new SlowRefusals(), 'worker', 2);
  await pass(99);
  assert.deepEqual(over, []);
  await pass(1);
  assert.deepEqual(over, [0, 1]);
  await all;
});

test('of one agent 256 wait and no more; others have as many to themselves', async (t) => {
  const pass = stopClock(t);
  const refusals = new SlowRefusals();
  const crowd = waits(refusals, 'crowd', 257);
  const other = waits(refusals, 'other', 1);
  await pass(0);
  assert.deepEqual([crowd.over, other.over], [[256], []]);
  await pass(100);
  await Promise.all([crowd.all, other.all]);
  const later = waits(refusals, 'crowd', 256);
  await pass(0);
  assert.deepEqual(later.over, [], 'there is room again');
  await pass(100);
  await later.all;
});

test('who has gone keeps no place', async (t) => {
  const pass = stopClock(t);
  const refusals = new SlowRefusals();
  const caller = new AbortController();
  const left = waits(refusals, 'worker', 256, caller.signal);
  caller.abort(new Error('gone'));
  await left.all;
  const later = waits(refusals, 'worker', 1);
  await pass(0);
  assert.deepEqual(later.over, []);
  await pass(100);
  await later.all;
});
