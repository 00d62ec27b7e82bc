// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairQueue } from './fair-queue.ts';

function queueOf(...things: readonly string[]): FairQueue<string> {
  const queue = new FairQueue<string>();
  for (const thing of things) queue.push(thing.charAt(0), thing);
  return queue;
}

function drained(queue: FairQueue<string>): string[] {
  const order: string[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) order.push(next);
  return order;
}

test('however much one owner brings, the next owner waits for one thing of it', () => {
  assert.deepEqual(drained(queueOf('a1', 'a2', 'a3', 'b1', 'c1', 'c2')), ['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
});

test('who comes again while it waits keeps its turn', () => {
  const queue = queueOf('a1', 'a2', 'b1');
  assert.equal(queue.shift(), 'a1');
  queue.push('a', 'a3');
  assert.deepEqual(drained(queue), ['b1', 'a2', 'a3']);
});

test('what waits no longer is not served, and leaves nothing behind', () => {
  const queue = queueOf('a1', 'a2', 'b1');
  queue.remove('b', 'b1');
  queue.remove('a', 'a1');
  queue.remove('c', 'c1');
  assert.deepEqual(queue.clear(), ['a2']);
  assert.equal(queue.shift(), undefined);
});
