// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_BLOCK_BYTES, MAX_WRITE_BYTES } from '@countersign/recording';
import { WriteBuffers } from './write-buffers.ts';

describe('WriteBuffers', () => {
  it('lends a buffer that was given back, and never one that is lent', () => {
    const buffers = new WriteBuffers();
    const [first, second] = [buffers.take(1), buffers.take(1)];
    assert.notEqual(first, second);
    buffers.giveBack(first);
    assert.equal(buffers.take(1), first);
    assert.notEqual(buffers.take(1), second);
  });

  it('keeps four, however many were lent', () => {
    const buffers = new WriteBuffers();
    const lent = Array.from({ length: 9 }, () => buffers.take(MAX_WRITE_BYTES));
    for (const one of lent) buffers.giveBack(one);
    const again = Array.from({ length: 9 }, () => buffers.take(MAX_WRITE_BYTES));
    assert.equal(again.filter((one) => lent.includes(one)).length, 4);
    assert.equal(new Set(again).size, 9);
  });

  it('lends beyond those no more than is asked for, and a block at least', () => {
    const buffers = new WriteBuffers();
    const lengths = [1, 1, 1, 1, 1, MAX_BLOCK_BYTES + 1].map((bytes) => buffers.take(bytes).length);
    assert.deepEqual(lengths, [...Array(4).fill(MAX_WRITE_BYTES), MAX_BLOCK_BYTES, MAX_WRITE_BYTES]);
  });
});
