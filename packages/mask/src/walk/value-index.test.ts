// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { atOnce } from '../turns.ts';
import { type Span, ValueIndex } from './value-index.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const ordered = (spans: readonly Span[]) => spans.map(({ start, end }) => `${start}-${end}`).toSorted();

/** Each value looked for by itself. */
function oneByOne(text: string, values: readonly string[]): readonly Span[] {
  return values.flatMap((value) => {
    const spans: Span[] = [];
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
      spans.push({ start: at, end: at + value.length });
    }
    return spans;
  });
}

describe('many values in one text', () => {
  it('are found where each is found by itself', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 8, maxLength: 11 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 200 });
    fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: 12 }), text, fc.boolean(), (values, around, isIn) => {
        const whole = isIn ? [around, ...values, around].join('') : around;
        const found = atOnce(new ValueIndex(values.map(bytes)).spansIn(bytes(whole)));
        assert.deepEqual(ordered(found ?? assert.fail()), ordered(oneByOne(whole, values)));
      }),
    );
  });

  it('take time in proportion to the text, however alike they are', () => {
    const alike = Array.from({ length: 1000 }, (_, i) => bytes(`${'a'.repeat(2_000)}${i}!`));
    assert.equal(atOnce(new ValueIndex(alike).spansIn(bytes('a'.repeat(1_000_000)))), undefined);
  });
});
