// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AnchorCursor } from './anchor-cursor.ts';
import { mayHoldSecret } from './may-hold-secret.ts';

/** What both ways to ask say of a text: one for strings, one for all that they stand in. */
function held(text: string): readonly boolean[] {
  const bytes = Buffer.from(text);
  return [mayHoldSecret(bytes, 0, bytes.length), new AnchorCursor(bytes, 0, bytes.length).next(0) < bytes.length];
}

it('passes the two characters of an escape, or of a key, that stand by chance', () => {
  for (const text of ['100%2 of it', 'ends in %4', '50%7f', 'C:\\xerox', 'C:\\x4', '\\X4', 'q~', 'abcQ~', '1q~']) {
    assert.deepEqual(held(text), [false, false], text);
  }
});

it('looks at every escape that stands for a character, and at every key that may be one', () => {
  for (const text of [
    'p%61ss',
    '%2F',
    '%7e',
    'p\\x61ss',
    'p\\\\x61ss',
    'p\\u0061ss',
    '\\u001b',
    'a\\/b',
    '\u001b[',
    '1Q~',
  ]) {
    assert.deepEqual(held(text), [true, true], text);
  }
});
