// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Turns } from './turns.ts';

/** Long answers beside so many that wait, at a clock that stands. */
function beside(waiting: number, t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const others = { waiting };
  const turns = new Turns(others);
  const gone: string[] = [];
  const work = (name: string, ms: number) => turns.next(ms).then(() => void gone.push(name));
  /** What is still not here then waits for the clock. */
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  };
  return { others, gone, work, settle, tick: (ms: number) => t.mock.timers.tick(ms) };
}

describe('Turns', () => {
  it('let a long answer go on at the next turn while nobody waits', async (t) => {
    const { work } = beside(0, t);
    await work('list', 50);
  });

  it('let it rest for as long as it has worked while somebody waits', async (t) => {
    const { gone, work, settle, tick } = beside(1, t);
    const resting = work('list', 3);
    await settle();
    tick(2);
    await settle();
    assert.deepEqual(gone, []);
    tick(1);
    await resting;
  });

  it('let all long answers rest together', async (t) => {
    const { gone, work, settle, tick } = beside(1, t);
    const all = [work('first', 3), work('second', 0.1)];
    await settle();
    assert.deepEqual(gone, []);
    tick(3);
    await Promise.all(all);
  });

  it('add up what is shorter than a timer can tell', async (t) => {
    const { gone, work, settle, tick } = beside(1, t);
    await work('one', 0.5);
    await work('two', 0.25);
    const resting = work('three', 0.25);
    await settle();
    assert.deepEqual(gone, ['one', 'two']);
    tick(1);
    await resting;
  });

  it('owe nothing to those who come later', async (t) => {
    const { others, work } = beside(1, t);
    await work('one', 0.75);
    others.waiting = 0;
    await work('two', 0.75);
    others.waiting = 1;
    await work('three', 0.75);
  });
});
