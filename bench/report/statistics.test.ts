// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quantile, ratioOf, spreadOf } from './statistics.ts';

describe('quantile', () => {
  it('takes the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.deepEqual(
      [0, 0.01, 0.5, 0.99, 1].map((part) => quantile(hundred, part)),
      [1, 1, 50, 99, 100],
    );
    assert.equal(quantile([3, 1, 2], 0.5), 2);
  });

  it('is one of the values, whatever their order', () => {
    assert.equal(quantile([10, 9, 2, 1], 0.5), 2);
    assert.equal(quantile([7], 0.99), 7);
  });

  it('refuses to speak of nothing', () => {
    assert.throws(() => quantile([], 0.5), RangeError);
  });
});

describe('spreadOf', () => {
  it('calls rounds noisy that differ by more than a quarter of their median', () => {
    assert.deepEqual(spreadOf([100, 110, 125]), { median: 110, min: 100, max: 125, isNoisy: false });
    assert.equal(spreadOf([100, 110, 128]).isNoisy, true);
    assert.equal(spreadOf([0, 0, 0]).isNoisy, false);
  });
});

describe('ratioOf', () => {
  it('compares rounds that ran beside one another', () => {
    assert.equal(ratioOf([2, 20, 200], [1, 10, 100]), 2);
  });

  it('has no answer without a base', () => {
    assert.equal(ratioOf([1, 2], []), undefined);
    assert.equal(ratioOf([1], [0]), undefined);
  });
});
