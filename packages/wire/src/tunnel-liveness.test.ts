// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchLiveness } from './tunnel-liveness.ts';

/** A clock that moves only when told. */
function clock() {
  let now = 0;
  const due = new Set<{ at: number; then: () => void }>();
  return {
    after(ms: number, then: () => void) {
      const entry = { at: now + ms, then };
      due.add(entry);
      return () => void due.delete(entry);
    },
    advance(ms: number) {
      const end = now + ms;
      for (;;) {
        const next = [...due].filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        now = next.at;
        due.delete(next);
        next.then();
      }
      now = end;
    },
    waiting: () => due.size,
  };
}

function peer() {
  const time = clock();
  const seen = { pings: 0, silent: 0, answer: true };
  const stop = watchLiveness(
    { intervalMs: 5_000, timeoutMs: 5_000 },
    {
      after: time.after,
      ping(answered) {
        seen.pings += 1;
        if (seen.answer) answered();
      },
      silent: () => {
        seen.silent += 1;
      },
    },
  );
  return { time, seen, stop };
}

test('a peer that answers is pinged on', () => {
  const { time, seen } = peer();
  time.advance(60_000);
  assert.deepEqual([seen.pings, seen.silent], [12, 0]);
});

test('a peer that stops is noticed ten seconds later, once', () => {
  const { time, seen } = peer();
  time.advance(20_000);
  seen.answer = false;
  time.advance(9_999);
  assert.equal(seen.silent, 0);
  time.advance(1);
  assert.equal(seen.silent, 1);
  time.advance(60_000);
  assert.deepEqual([seen.silent, time.waiting()], [1, 0]);
});

test('a ping that cannot be sent counts as no answer', () => {
  const time = clock();
  let silent = 0;
  watchLiveness(
    { intervalMs: 5_000, timeoutMs: 5_000 },
    {
      after: time.after,
      ping() {
        throw new TypeError('closed');
      },
      silent: () => {
        silent += 1;
      },
    },
  );
  time.advance(10_000);
  assert.equal(silent, 1);
});

test('stopping leaves nothing behind', () => {
  const { time, seen, stop } = peer();
  time.advance(5_000);
  stop();
  time.advance(60_000);
  assert.deepEqual([seen.pings, seen.silent, time.waiting()], [1, 0, 0]);
});
