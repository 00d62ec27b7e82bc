// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { visibleParts, visibleText } from './visible-parts.ts';

test('what would turn, hide or move the rest of a text is an escape, marked as one', () => {
  assert.deepEqual(visibleParts('keep\u202eesrever\u0007'), [
    { text: 'keep', escaped: false },
    { text: '\\u{202e}', escaped: true },
    { text: 'esrever', escaped: false },
    { text: '\\u{7}', escaped: true },
  ]);
  assert.equal(visibleText('a\nb\tc\r'), 'a\\nb\\tc\\r');
});

test('blanks that pass for a space, fillers, tags and halves of a pair are seen', () => {
  for (const unseen of [
    '\u00a0',
    '\u3000',
    '\u200b',
    '\u3164',
    '\u115f',
    '\u2800',
    '\ufe0f',
    '\u{e0041}',
    '\ud800',
    '\ufeff',
  ]) {
    const [, part] = visibleParts(`a${unseen}`);
    assert.equal(part?.escaped, true, JSON.stringify(unseen));
    assert.match(part?.text ?? '', /^\\u\{[0-9a-f]+\}$/);
  }
});

test('an escape that somebody wrote is their text', () => {
  assert.deepEqual(visibleParts('\\u{202e}'), [{ text: '\\u{202e}', escaped: false }]);
});

test('other text stays as it is, in whatever script', () => {
  for (const text of ['', 'two words', 'größer', '設定', 'مرحبا', '"a": 1']) assert.equal(visibleText(text), text);
});

test('nothing unseen is left of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(visibleText(text), /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
    }),
  );
});
