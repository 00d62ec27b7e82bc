// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffCount, diffRows, parted } from './diff-rows.ts';

test('a field that comes, goes or changes is a row of its own, in the order in which it was told', () => {
  const rows = diffRows([
    { path: 'data.tone', before: '"warm and slow"', after: '"warm and quick"' },
    { path: 'data.new', after: '"x"' },
    { path: 'data.old', before: '"y"' },
  ]);
  assert.deepEqual(rows, [
    {
      path: 'data.tone',
      kind: 'changed',
      before: { head: '"warm and ', changed: 'slow', tail: '"' },
      after: { head: '"warm and ', changed: 'quick', tail: '"' },
    },
    { path: 'data.new', kind: 'added', after: { head: '"x"', changed: '', tail: '' } },
    { path: 'data.old', kind: 'removed', before: { head: '"y"', changed: '', tail: '' } },
  ]);
  assert.equal(diffCount(rows), '1 changed, 1 added, 1 removed');
});

test('what two values share by chance is not left unmarked', () => {
  assert.deepEqual(parted('12', '13'), [
    { head: '', changed: '12', tail: '' },
    { head: '', changed: '13', tail: '' },
  ]);
});

test('whole words are marked', () => {
  assert.deepEqual(parted('"to the shop, sir"', '"to the store, sir"'), [
    { head: '"to the ', changed: 'shop', tail: ', sir"' },
    { head: '"to the ', changed: 'store', tail: ', sir"' },
  ]);
  assert.deepEqual(parted('"web-1.20"', '"web-1.20-debug"')[1], { head: '"web-1.20', changed: '-debug', tail: '"' });
});

test('both values are whole in their parts, and no character is cut', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(text, text, text, text, (head, tail, a, b) => {
      const [before, after] = [head + a + tail, head + b + tail];
      const [goes, comes] = parted(before, after);
      assert.equal(goes.head + goes.changed + goes.tail, before);
      assert.equal(comes.head + comes.changed + comes.tail, after);
      for (const part of [...Object.values(goes), ...Object.values(comes)]) assert.ok(part.isWellFormed());
    }),
  );
});
