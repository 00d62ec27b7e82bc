// SPDX-License-Identifier: Apache-2.0
import type { Hash } from './crypto.ts';
import { TlogError } from './error.ts';
import { assertTreeSize, HASH_BYTES, merkleRoot } from './merkle.ts';
import { partialWidth, TILE_HEIGHT, TILE_WIDTH, type Tile, type TileReader, tileBytes, tileHashes } from './tile.ts';

/** A tile with its bytes. */
export interface BuiltTile extends Tile {
  readonly bytes: Uint8Array;
}

/**
 * Turns leaf hashes, given in order, into tiles. Holds the right edge of the tree alone: at most 255 hashes a level.
 */
export class TileBuilder {
  readonly #hash: Hash;
  #size: bigint;
  /** By level: the hashes of its last, unfinished tile. */
  readonly #edge: Uint8Array[][];

  private constructor(hash: Hash, size: bigint, edge: Uint8Array[][]) {
    this.#hash = hash;
    this.#size = size;
    this.#edge = edge;
  }

  static empty(hash: Hash): TileBuilder {
    return new TileBuilder(hash, 0n, []);
  }

  /** Goes on where a tree of `size` stopped, reading its partial tiles. */
  static resume(hash: Hash, size: bigint, read: TileReader): TileBuilder {
    assertTreeSize(size);
    const edge: Uint8Array[][] = [];
    for (let level = 0, hashes = size; hashes > 0n; level++, hashes /= BigInt(TILE_WIDTH)) {
      const width = partialWidth(level, size);
      const tile = { level, index: hashes / BigInt(TILE_WIDTH), width };
      edge.push(width === 0 ? [] : tileHashes(read(tile), width).map((view) => view.slice()));
    }
    return new TileBuilder(hash, size, edge);
  }

  get size(): bigint {
    return this.#size;
  }

  /** The full tiles that this leaf completes, the lowest level first; mostly none. */
  append(leaf: Uint8Array): readonly BuiltTile[] {
    if (leaf.length !== HASH_BYTES) throw new TlogError('ERR_TLOG_RANGE', 'not a leaf hash');
    assertTreeSize(this.#size + 1n);
    this.#size += 1n;
    const completed: BuiltTile[] = [];
    let carried = leaf;
    for (let level = 0, hashes = this.#size; ; level++, hashes /= BigInt(TILE_WIDTH)) {
      const edge = this.#edge[level] ?? [];
      this.#edge[level] = edge;
      edge.push(carried);
      if (edge.length < TILE_WIDTH) return completed;
      const index = hashes / BigInt(TILE_WIDTH) - 1n;
      completed.push({ level, index, width: TILE_WIDTH, bytes: tileBytes(edge) });
      carried = merkleRoot(this.#hash, edge);
      this.#edge[level] = [];
    }
  }

  /** The partial tiles of the tree as it stands, the lowest level first. */
  partialTiles(): readonly BuiltTile[] {
    return this.#edge.flatMap((edge, level) => {
      if (edge.length === 0) return [];
      const index = this.#size >> BigInt(TILE_HEIGHT * (level + 1));
      return [{ level, index, width: edge.length, bytes: tileBytes(edge) }];
    });
  }
}
