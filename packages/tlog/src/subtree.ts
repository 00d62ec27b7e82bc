// SPDX-License-Identifier: Apache-2.0
import type { Hash } from './crypto.ts';
import { foldSubtrees } from './merkle.ts';

/**
 * Gives roots of complete subtrees: `subtree(l, i)` is MTH(D[i*2^l : (i+1)*2^l]), and level 0 is the leaf hashes.
 * Implementations MUST throw rather than answer for what the tree does not have.
 */
export interface SubtreeReader {
  subtree(level: number, index: bigint): Uint8Array;
}

/** The largest power of two that is less than `n`, for `n` over 1. */
export function splitPoint(n: bigint): bigint {
  return 1n << BigInt((n - 1n).toString(2).length - 1);
}

/** MTH(D[start:end]) for a range that a proof over the tree asks for, so `start` is a multiple of its largest subtree. */
export function rangeHash(hash: Hash, reader: SubtreeReader, start: bigint, end: bigint): Uint8Array {
  const subtrees: Uint8Array[] = [];
  let at = start;
  while (at < end) {
    const level = (end - at).toString(2).length - 1;
    subtrees.push(reader.subtree(level, at >> BigInt(level)));
    at += 1n << BigInt(level);
  }
  return foldSubtrees(hash, subtrees);
}
