// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { UnderWay } from './under-way.ts';

describe('UnderWay', () => {
  it('has what came and has not left, however they come and go', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant('come' as const), fc.nat(20))), (steps) => {
        const underWay = new UnderWay<number>();
        const leaves: (() => void)[] = [];
        const expected = new Set<number>();
        for (const step of steps) {
          if (step === 'come') {
            expected.add(leaves.length);
            leaves.push(underWay.add(leaves.length));
          } else {
            expected.delete(step);
            leaves[step]?.();
          }
          assert.equal(underWay.size, expected.size);
        }
        assert.deepEqual(new Set(underWay.items()), expected);
      }),
    );
  });

  it('tells two of the same apart', () => {
    const underWay = new UnderWay<string>();
    const leave = underWay.add('one');
    underWay.add('one');
    leave();
    leave();
    assert.deepEqual(underWay.items(), ['one']);
  });
});
