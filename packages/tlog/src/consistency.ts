// SPDX-License-Identifier: Apache-2.0
import { equalBytes, toHex } from './bytes.ts';
import type { Hash } from './crypto.ts';
import { TlogError } from './error.ts';
import { assertTreeSize, HASH_BYTES, nodeHash } from './merkle.ts';
import { rangeHash, type SubtreeReader, splitPoint } from './subtree.ts';

interface Tree {
  readonly size: bigint;
  readonly root: Uint8Array;
}

/**
 * The proof that the tree of `oldSize` leaves is the beginning of the tree of `size`; empty when they are the same.
 * @throws TlogError `ERR_TLOG_RANGE` unless 0 < oldSize <= size
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1.2
 */
export function proveConsistency(hash: Hash, reader: SubtreeReader, oldSize: bigint, size: bigint): Uint8Array[] {
  assertSizes(oldSize, size);
  const path: Uint8Array[] = [];
  let start = 0n;
  let end = size;
  while (oldSize !== end) {
    const middle = start + splitPoint(end - start);
    if (oldSize <= middle) {
      path.unshift(rangeHash(hash, reader, middle, end));
      end = middle;
    } else {
      path.unshift(rangeHash(hash, reader, start, middle));
      start = middle;
    }
  }
  // The old root itself is left out: the verifier has it.
  if (start !== 0n) path.unshift(rangeHash(hash, reader, start, end));
  return path;
}

/**
 * Returns only if the old tree is the beginning of the new one. An old size of zero is refused: such a proof shows nothing.
 * @throws TlogError `ERR_TLOG_RANGE`, `ERR_TLOG_CONSISTENCY`
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.4.2
 */
export function verifyConsistency(hash: Hash, older: Tree, newer: Tree, path: readonly Uint8Array[]): void {
  assertSizes(older.size, newer.size);
  if (path.some((node) => node.length !== HASH_BYTES)) throw new TlogError('ERR_TLOG_CONSISTENCY', 'not hashes');
  if (older.size === newer.size) {
    if (path.length !== 0) throw wrongLength(older.size, newer.size);
    assertRoot(older.root, newer.root);
    return;
  }
  const isComplete = (older.size & (older.size - 1n)) === 0n;
  const [seed, ...rest] = isComplete ? [older.root, ...path] : path;
  if (seed === undefined) throw wrongLength(older.size, newer.size);
  const roots = climb(hash, seed, rest, older.size, newer.size);
  assertRoot(roots.old, older.root);
  assertRoot(roots.new, newer.root);
}

function climb(hash: Hash, seed: Uint8Array, path: readonly Uint8Array[], oldSize: bigint, size: bigint) {
  let fn = oldSize - 1n;
  let sn = size - 1n;
  while ((fn & 1n) === 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let oldRoot = seed;
  let newRoot = seed;
  for (const node of path) {
    if (sn === 0n) throw wrongLength(oldSize, size);
    if ((fn & 1n) === 1n || fn === sn) {
      oldRoot = nodeHash(hash, node, oldRoot);
      newRoot = nodeHash(hash, node, newRoot);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      newRoot = nodeHash(hash, newRoot, node);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  if (sn !== 0n) throw wrongLength(oldSize, size);
  return { old: oldRoot, new: newRoot };
}

function assertSizes(oldSize: bigint, size: bigint): void {
  assertTreeSize(size);
  if (oldSize <= 0n || oldSize > size) {
    throw new TlogError('ERR_TLOG_RANGE', `no consistency proof from size ${oldSize} to ${size}`);
  }
}

function assertRoot(found: Uint8Array, expected: Uint8Array): void {
  if (!equalBytes(found, expected)) {
    throw new TlogError('ERR_TLOG_CONSISTENCY', `the proof leads to root ${toHex(found)}, not ${toHex(expected)}`);
  }
}

function wrongLength(oldSize: bigint, size: bigint): TlogError {
  return new TlogError('ERR_TLOG_CONSISTENCY', `not the length of the proof from size ${oldSize} to ${size}`);
}
