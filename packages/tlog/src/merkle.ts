// SPDX-License-Identifier: Apache-2.0
import type { Hash } from './crypto.ts';
import { TlogError } from './error.ts';

export const HASH_BYTES = 32;

/** Trees stop here, so that every size and index fits a signed 64-bit integer elsewhere. */
export const MAX_TREE_SIZE = 2n ** 63n - 1n;

/** What is hashed of two nodes: one for all, as it is read at once, and a tree has many. */
const prefixed = new Uint8Array(1 + 2 * HASH_BYTES).fill(1, 0, 1);

/**
 * SHA-256(0x01 || left || right).
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1
 */
export function nodeHash(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  prefixed.set(left, 1);
  prefixed.set(right, 1 + HASH_BYTES);
  return hash.sha256(prefixed);
}

/** The root of a tree without leaves: SHA-256 of nothing. */
export function emptyRoot(hash: Hash): Uint8Array {
  return hash.sha256(new Uint8Array(0));
}

/**
 * A tree that is only appended to, held as the roots of its complete subtrees, the largest first: at most 63 hashes.
 * Appending costs two hashes on average.
 */
export class Frontier {
  readonly #hash: Hash;
  #size: bigint;
  readonly #subtrees: Uint8Array[];

  private constructor(hash: Hash, size: bigint, subtrees: Uint8Array[]) {
    this.#hash = hash;
    this.#size = size;
    this.#subtrees = subtrees;
  }

  static empty(hash: Hash): Frontier {
    return new Frontier(hash, 0n, []);
  }

  /**
   * The frontier that had this `size` and these `subtrees`.
   * @throws TlogError `ERR_TLOG_RANGE` when a tree of that size has another number of complete subtrees
   */
  static of(hash: Hash, size: bigint, subtrees: readonly Uint8Array[]): Frontier {
    assertTreeSize(size);
    if (subtrees.length !== countOnes(size) || subtrees.some((subtree) => subtree.length !== HASH_BYTES)) {
      throw new TlogError('ERR_TLOG_RANGE', `not the frontier of a tree of size ${size}`);
    }
    return new Frontier(hash, size, [...subtrees]);
  }

  get size(): bigint {
    return this.#size;
  }

  /** Roots of the complete subtrees, the largest first; the arrays are not copied. */
  get subtrees(): readonly Uint8Array[] {
    return this.#subtrees;
  }

  append(leaf: Uint8Array): void {
    assertTreeSize(this.#size + 1n);
    let subtree = leaf;
    for (let rest = this.#size; (rest & 1n) === 1n; rest >>= 1n) {
      subtree = nodeHash(this.#hash, this.#subtrees.pop() as Uint8Array, subtree);
    }
    this.#subtrees.push(subtree);
    this.#size += 1n;
  }

  root(): Uint8Array {
    return foldSubtrees(this.#hash, this.#subtrees);
  }

  copy(): Frontier {
    return new Frontier(this.#hash, this.#size, [...this.#subtrees]);
  }
}

/** The root over complete subtrees that stand side by side, the largest first. */
export function foldSubtrees(hash: Hash, subtrees: readonly Uint8Array[]): Uint8Array {
  if (subtrees.length === 0) return emptyRoot(hash);
  return subtrees.reduceRight((right, left) => nodeHash(hash, left, right));
}

/** The root of the tree over these leaf hashes. */
export function merkleRoot(hash: Hash, leaves: Iterable<Uint8Array>): Uint8Array {
  const frontier = Frontier.empty(hash);
  for (const leaf of leaves) frontier.append(leaf);
  return frontier.root();
}

/** @throws TlogError `ERR_TLOG_RANGE` */
export function assertTreeSize(size: bigint): void {
  if (size < 0n || size > MAX_TREE_SIZE) throw new TlogError('ERR_TLOG_RANGE', `no tree has the size ${size}`);
}

function countOnes(size: bigint): number {
  let ones = 0;
  for (let rest = size; rest > 0n; rest >>= 1n) ones += Number(rest & 1n);
  return ones;
}
