// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { WordFilter } from './word-filter.ts';

const values = fc.array(fc.uint8Array({ minLength: 8, maxLength: 12 }), { minLength: 1, maxLength: 4 });

it('passes over no text in which a value stands, wherever it does', () => {
  fc.assert(
    fc.property(values, fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (all, before, after) => {
      const filter = new WordFilter();
      for (const value of all) filter.add(value);
      for (const value of all) {
        const text = Uint8Array.of(...before, ...value, ...after);
        for (let from = 0; from <= before.length; from++) assert.ok(filter.mayHold(text, from, text.length));
      }
    }),
  );
});

it('passes over texts that have nothing in common with the values, and forgets', () => {
  const filter = new WordFilter();
  const bytes = (text: string) => new TextEncoder().encode(text);
  filter.add(bytes('hunter2-hunter2'));
  assert.equal(filter.mayHold(bytes('a quite ordinary text'), 0, 21), false);
  assert.equal(filter.mayHold(bytes('it is hunter2-hunter2'), 0, 21), true);
  filter.clear();
  assert.equal(filter.mayHold(bytes('it is hunter2-hunter2'), 0, 21), false);
});
