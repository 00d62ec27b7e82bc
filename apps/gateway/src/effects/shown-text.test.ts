// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areCut, shownTexts, shownWords } from './shown-text.ts';

const mask = `masked-v1-secret-${'a'.repeat(26)}`;
const otherMask = `masked-v1-secret-${'b'.repeat(26)}`;

test('masks say nothing of their values, not even whether they are the same', () => {
  const masked = { before: '(masked)', after: '(masked)' };
  assert.deepEqual(shownTexts(`"${mask}"`, `"${otherMask}"`), masked);
  const base64 = (text: string) => JSON.stringify(Buffer.from(text).toString('base64'));
  assert.deepEqual(shownTexts(base64(mask), base64(otherMask)), masked);
  assert.deepEqual(shownTexts(undefined, `"url=x password=${mask} y"`), { after: '"url=x password=(masked) y"' });
});

test('of long texts the part is shown where they begin to differ', () => {
  const same = 'x'.repeat(5_000);
  const { before = '', after = '', isCut } = shownTexts(`"${same}a"`, `"${same}b${same}"`);
  assert.match(before, /^…x{63,64}a" \(5003 characters\)$/);
  assert.match(after, /^…x{63,64}bx+… \(10003 characters\)$/);
  assert.ok(after.length < 600);
  assert.equal(isCut, true);
});

test('a long text that is new is shown from its beginning', () => {
  const { after = '' } = shownTexts(undefined, `"${'y'.repeat(5_000)}"`);
  assert.match(after, /^"y+… \(5002 characters\)$/);
});

test('nothing that an agent wrote turns or hides text', () => {
  assert.deepEqual(shownTexts('"a\u202eb"', '"\u200b\u0007"'), { before: '"a\\u{202e}b"', after: '"\\u{200b}\\u{7}"' });
  assert.equal(shownWords('name\u2066\n'), 'name\\u{2066}\\u{a}');
  const long = shownWords('n'.repeat(2_000));
  assert.deepEqual([long.length, areCut(long), areCut(shownWords('n'.repeat(1_024)))], [1_025, true, false]);
});
