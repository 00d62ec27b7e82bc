// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EventLines } from './event-lines.ts';

const STREAM = 'event: hello\ndata: {}\n\n: still here\n\nevent: approvals\ndata: {"id":"1"}\n\ndata: a\ndata: b\n\n';
const EVENTS = [
  { name: 'hello', data: '{}' },
  { name: 'approvals', data: '{"id":"1"}' },
  { name: 'message', data: 'a\nb' },
];

test('events come out of a stream wherever it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
      const lines = new EventLines();
      const at = [0, ...cuts.toSorted((one, other) => one - other), STREAM.length];
      const found = at.slice(1).flatMap((end, index) => lines.push(STREAM.slice(at[index], end)));
      assert.deepEqual(found, EVENTS);
    }),
  );
});

test('an event that is not over is none yet, and one that does not end is given up', () => {
  const lines = new EventLines();
  assert.deepEqual(lines.push('data: x'), []);
  assert.throws(() => lines.push('x'.repeat(65_536)), RangeError);
});
