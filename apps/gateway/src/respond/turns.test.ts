// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { REST_PER_WORK, Turns } from './turns.ts';

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
  return { others, turns, gone, work, settle, tick: (ms: number) => t.mock.timers.tick(ms) };
}

describe('Turns', () => {
  it('let a long answer go on at the next turn while nobody waits', async (t) => {
    const { work } = beside(0, t);
    await work('list', 50);
  });

  it('let it rest for its share while somebody waits', async (t) => {
    const { gone, work, settle, tick } = beside(1, t);
    const resting = work('list', 3);
    await settle();
    tick(3 * REST_PER_WORK - 1);
    await settle();
    assert.deepEqual(gone, []);
    tick(1);
    await resting;
  });

  it('let all long answers rest together', async (t) => {
    const { gone, work, settle, tick } = beside(1, t);
    const all = [work('first', 3), work('second', 1)];
    await settle();
    assert.deepEqual(gone, []);
    tick(4 * REST_PER_WORK);
    await settle();
    assert.deepEqual(gone, ['first', 'second']);
    await Promise.all(all);
  });

  it('let one of them go on in a turn, in the order in which they came', async (t) => {
    const { gone, work } = beside(0, t);
    const all = ['first', 'second', 'third'].map((name) => work(name, 1));
    const seen: string[][] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      await nextTurn();
      seen.push([...gone]);
    }
    assert.deepEqual(seen.at(-1), ['first', 'second', 'third']);
    assert.ok(
      seen.every((now, turn) => now.length - (seen[turn - 1]?.length ?? 0) <= 1),
      JSON.stringify(seen),
    );
    await Promise.all(all);
  });

  it('count what the one before did before the next goes on', async (t) => {
    const { gone, turns, work, settle, tick } = beside(1, t);
    const first = work('first', 0).then(() => turns.next(4));
    const second = work('second', 0);
    await settle();
    assert.deepEqual(gone, ['first']);
    tick(4 * REST_PER_WORK);
    await Promise.all([first, second]);
  });

  it('add up what is shorter than a timer can tell', async (t) => {
    const { gone, work, settle, tick } = beside(1, t);
    await work('one', 0.5 / REST_PER_WORK);
    await work('two', 0.25 / REST_PER_WORK);
    const resting = work('three', 0.25 / REST_PER_WORK);
    await settle();
    assert.deepEqual(gone, ['one', 'two']);
    tick(1);
    await resting;
  });

  it('owe nothing to those who come later', async (t) => {
    const { others, work } = beside(1, t);
    await work('one', 0.75 / REST_PER_WORK);
    others.waiting = 0;
    await work('two', 0.75 / REST_PER_WORK);
    others.waiting = 1;
    await work('three', 0.75 / REST_PER_WORK);
  });
});
