// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockTime, timeLeft, timeSince } from './time.ts';

const NOW = Date.parse('2026-11-29T16:00:00.000Z');
const after = (ms: number) => new Date(NOW + ms).toISOString();

test('the time that is left is counted down to the second', () => {
  const cases: readonly [number, string, string][] = [
    [2 * 86_400_000 + 3 * 3_600_000, '2 d 3 h', 'calm'],
    [3_600_000 + 5 * 60_000, '1 h 05 min', 'calm'],
    [15 * 60_000, '15:00', 'calm'],
    [120_001, '2:01', 'calm'],
    [120_000, '2:00', 'soon'],
    [1, '0:01', 'soon'],
    [0, '0:00', 'over'],
    [-5_000, '0:00', 'over'],
  ];
  for (const [ms, text, urgency] of cases) assert.deepEqual(timeLeft(after(ms), NOW), { text, urgency });
});

test('a time that nobody can read is over', () => {
  assert.equal(timeLeft('soon', NOW).urgency, 'over');
  assert.equal(timeSince('soon', NOW), 'unknown');
  assert.equal(clockTime('soon'), 'unknown');
});

test('what is past is told roughly, and to the second in UTC', () => {
  const told = [0, 12_000, 3 * 60_000, 5 * 3_600_000, 49 * 3_600_000].map((ms) => timeSince(after(-ms), NOW));
  assert.deepEqual(told, ['just now', '12 s ago', '3 min ago', '5 h ago', '2 d ago']);
  assert.equal(timeSince(after(2_000), NOW), 'just now', 'a clock that is a little behind');
  assert.equal(clockTime('2026-11-29T16:15:04.120Z'), '2026-11-29 16:15:04Z');
});
