// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeldBytes, type Hold } from './held-bytes.ts';

test('an agent has a quarter, all agents the whole, and what was refused takes nothing', () => {
  const held = new HeldBytes(400);
  const first = held.open('a');
  assert.equal(first.take(100), undefined);
  assert.equal(first.take(1)?.code, 'ERR_LIMIT_BODIES');
  assert.equal(held.open('a').take(1)?.code, 'ERR_LIMIT_BODIES');
  for (const agent of ['b', 'c', 'd']) assert.equal(held.open(agent).take(100), undefined);
  assert.equal(held.open('e').take(1)?.code, 'ERR_BODIES_FULL');
  first.release();
  first.release();
  assert.equal(held.open('e').take(100), undefined);
  assert.equal(held.open('f').take(1)?.code, 'ERR_BODIES_FULL');
});

const AGENTS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;

/** An agent's one exchange, and what it was let take. */
class Taker {
  readonly #hold: Hold;
  bytes = 0;

  constructor(hold: Hold) {
    this.#hold = hold;
  }

  take(bytes: number): void {
    if (this.#hold.take(bytes) === undefined) this.bytes += bytes;
  }

  release(): void {
    this.#hold.release();
    this.bytes = 0;
  }
}

test('whatever agents take and give back, never more than the whole is held, and in the end all of it is free', () => {
  const step = fc.record({ agent: fc.nat(AGENTS.length - 1), bytes: fc.nat(200), ends: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const held = new HeldBytes(1_000);
      const takers = AGENTS.map((agent) => new Taker(held.open(agent)));
      for (const { agent, bytes, ends } of steps) {
        const taker = takers[agent] as Taker;
        if (ends) taker.release();
        taker.take(bytes);
        assert.ok(taker.bytes <= 250);
        assert.ok(takers.reduce((sum, one) => sum + one.bytes, 0) <= 1_000);
      }
      for (const taker of takers) taker.release();
      for (const agent of ['g', 'h', 'i', 'j']) assert.equal(held.open(agent).take(250), undefined);
    }),
  );
});
