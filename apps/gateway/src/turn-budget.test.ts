// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BUDGET_MS, TurnBudget } from './turn-budget.ts';

/** A budget at a clock of its own, that work moves on, in the turns of the real event loop. */
function budget() {
  const clock = { ms: 0, turn: 0 };
  const shared = new TurnBudget(() => clock.ms);
  const done: { readonly name: string; readonly turn: number }[] = [];
  const work = async (name: string, ms: number) => {
    await shared.next();
    // Several steps, as an exchange has them.
    for (let step = 0; step < 4; step += 1) {
      clock.ms += ms / 4;
      await undefined;
    }
    done.push({ name, turn: clock.turn });
  };
  const turns = async (count: number) => {
    for (let passed = 0; passed < count; passed += 1) {
      await nextTurn();
      clock.turn += 1;
    }
  };
  /** What was done in each turn. */
  const byTurn = () =>
    [...Map.groupBy(done, ({ turn }) => turn).values()].map((ofTurn) => ofTurn.map(({ name }) => name));
  return { shared, clock, work, turns, byTurn };
}

describe('TurnBudget', () => {
  it('lets whoever comes alone go on at once', () => {
    const { shared } = budget();
    assert.equal(shared.next(), undefined);
  });

  it('lets so many go on in a turn as it has time for, first come first served', async () => {
    const { shared, clock, work, turns, byTurn } = budget();
    void shared.next();
    clock.ms += BUDGET_MS;
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => work(name, BUDGET_MS / 2));
    await turns(5);
    assert.deepEqual(byTurn(), [['a', 'b'], ['c', 'd'], ['e']]);
    await Promise.all(all);
  });

  it('lets no more go on where all ask at once, as those of one batch do', async () => {
    const { work, turns, byTurn } = budget();
    const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => work(name, BUDGET_MS / 2));
    await turns(5);
    // The turn in which they ask is not over yet when the next one begins.
    assert.deepEqual(byTurn(), [['a', 'b', 'c', 'd'], ['e', 'f'], ['g']]);
    await Promise.all(all);
  });

  it('lets one that takes long have a turn of its own', async () => {
    const { shared, clock, work, turns, byTurn } = budget();
    void shared.next();
    clock.ms += BUDGET_MS;
    const all = ['a', 'b'].map((name) => work(name, 10 * BUDGET_MS));
    await turns(4);
    assert.deepEqual(byTurn(), [['a'], ['b']]);
    await Promise.all(all);
  });

  it('lets nobody pass those who wait, however much time there is', async () => {
    const { shared, clock, turns } = budget();
    void shared.next();
    clock.ms += BUDGET_MS;
    const gone: string[] = [];
    const twice = async (name: string) => {
      await shared.next();
      gone.push(`${name} begins`);
      await shared.next();
      gone.push(`${name} ends`);
    };
    const all = [twice('first'), twice('second')];
    await turns(2);
    assert.deepEqual(gone, ['first begins', 'second begins', 'first ends', 'second ends']);
    await Promise.all(all);
  });

  it('has all of its time again in the next turn', async () => {
    const { shared, clock, turns } = budget();
    void shared.next();
    clock.ms += BUDGET_MS;
    await turns(1);
    assert.equal(shared.next(), undefined);
  });
});
