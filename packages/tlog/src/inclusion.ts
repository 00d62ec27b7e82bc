// SPDX-License-Identifier: Apache-2.0
import { equalBytes, toHex } from './bytes.ts';
import type { Hash } from './crypto.ts';
import { TlogError } from './error.ts';
import { assertTreeSize, HASH_BYTES, nodeHash } from './merkle.ts';
import { rangeHash, type SubtreeReader, splitPoint } from './subtree.ts';

/**
 * The audit path of the leaf at `index` in the tree of `size` leaves, the leaf's sibling first.
 * @throws TlogError `ERR_TLOG_RANGE` when the tree has no such leaf
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1
 */
export function proveInclusion(hash: Hash, reader: SubtreeReader, index: bigint, size: bigint): Uint8Array[] {
  assertLeafOf(index, size);
  const path: Uint8Array[] = [];
  let start = 0n;
  let end = size;
  while (end - start > 1n) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      path.unshift(rangeHash(hash, reader, middle, end));
      end = middle;
    } else {
      path.unshift(rangeHash(hash, reader, start, middle));
      start = middle;
    }
  }
  return path;
}

/**
 * The root that a leaf and its audit path lead to.
 * @throws TlogError `ERR_TLOG_RANGE`, `ERR_TLOG_INCLUSION` when the path has not the length of that tree's
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2
 */
export function rootFromInclusion(
  hash: Hash,
  leaf: Uint8Array,
  index: bigint,
  size: bigint,
  path: readonly Uint8Array[],
): Uint8Array {
  assertLeafOf(index, size);
  let fn = index;
  let sn = size - 1n;
  let root = leaf;
  for (const sibling of path) {
    if (sn === 0n || sibling.length !== HASH_BYTES) throw wrongLength(index, size);
    if ((fn & 1n) === 1n || fn === sn) {
      root = nodeHash(hash, sibling, root);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      root = nodeHash(hash, root, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  if (sn !== 0n) throw wrongLength(index, size);
  return root;
}

/**
 * Returns only if the leaf is in the tree.
 * @throws TlogError `ERR_TLOG_RANGE`, `ERR_TLOG_INCLUSION`
 */
export function verifyInclusion(
  hash: Hash,
  leaf: Uint8Array,
  index: bigint,
  tree: { readonly size: bigint; readonly root: Uint8Array },
  path: readonly Uint8Array[],
): void {
  const root = rootFromInclusion(hash, leaf, index, tree.size, path);
  if (!equalBytes(root, tree.root)) {
    throw new TlogError('ERR_TLOG_INCLUSION', `the path leads to root ${toHex(root)}, not ${toHex(tree.root)}`);
  }
}

function assertLeafOf(index: bigint, size: bigint): void {
  assertTreeSize(size);
  if (index < 0n || index >= size) throw new TlogError('ERR_TLOG_RANGE', `no leaf ${index} in a tree of ${size}`);
}

function wrongLength(index: bigint, size: bigint): TlogError {
  return new TlogError('ERR_TLOG_INCLUSION', `not the length of the path of leaf ${index} in a tree of ${size}`);
}
