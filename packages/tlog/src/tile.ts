// SPDX-License-Identifier: Apache-2.0
import type { Hash } from './crypto.ts';
import { TlogError } from './error.ts';
import { assertTreeSize, HASH_BYTES, merkleRoot } from './merkle.ts';
import type { SubtreeReader } from './subtree.ts';

export const TILE_HEIGHT = 8;
/** Hashes of a full tile, and entries of a full bundle. */
export const TILE_WIDTH = 256;
const MAX_LEVEL = 63;

/** Where a tile stands: hash `i` of it is MTH(D[(index*256+i)*256^level : (index*256+i+1)*256^level]). */
export interface Tile {
  readonly level: number;
  readonly index: bigint;
  /** 256, or 1 to 255 for a partial tile. */
  readonly width: number;
}

/** Where an entry bundle stands: it has the entries from `index*256`, `width` of them. */
export type Bundle = Pick<Tile, 'index' | 'width'>;

/**
 * `tile/<level>/<index>[.p/<width>]`, for instance `tile/0/x001/x234/067.p/8`.
 * @throws TlogError `ERR_TLOG_TILE`
 * @see https://c2sp.org/tlog-tiles Merkle Tree
 */
export function tilePath(tile: Tile): string {
  if (!Number.isInteger(tile.level) || tile.level < 0 || tile.level > MAX_LEVEL) throw noTile(`level ${tile.level}`);
  return `tile/${tile.level}/${indexPath(tile)}`;
}

/**
 * `tile/entries/<index>[.p/<width>]`.
 * @throws TlogError `ERR_TLOG_TILE`
 * @see https://c2sp.org/tlog-tiles Log entries
 */
export function bundlePath(bundle: Bundle): string {
  return `tile/entries/${indexPath(bundle)}`;
}

/**
 * What a path of `tilePath` or `bundlePath` names; a bundle has no level. Any other spelling is refused.
 * @throws TlogError `ERR_TLOG_TILE`
 */
export function parseTilePath(path: string): Tile | (Bundle & { readonly level: 'entries' }) {
  const match = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,6}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (match === null) throw noTile(path);
  const [, level = '', groups = '', partial] = match;
  const index = BigInt(groups.replace(/[x/]/g, ''));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  if (partial !== undefined && width >= TILE_WIDTH) throw noTile(path);
  const tile = level === 'entries' ? ({ level, index, width } as const) : { level: Number(level), index, width };
  const printed = tile.level === 'entries' ? bundlePath(tile) : tilePath(tile);
  if (printed !== path) throw noTile(path);
  return tile;
}

/** Hashes in the partial tile at `level` of a tree of `size`; 0 when there is none. */
export function partialWidth(level: number, size: bigint): number {
  return Number((size >> BigInt(TILE_HEIGHT * level)) % BigInt(TILE_WIDTH));
}

/** Every tile of a tree of `size`, level by level, each partial tile last in its level. */
export function* tilesOf(size: bigint): Generator<Tile> {
  assertTreeSize(size);
  let hashes = size;
  for (let level = 0; hashes > 0n; level++) {
    for (const tile of bundlesOf(hashes)) yield { level, ...tile };
    hashes /= BigInt(TILE_WIDTH);
  }
}

/** Every entry bundle of a tree of `size`, the partial one last. */
export function* bundlesOf(size: bigint): Generator<Bundle> {
  const full = size / BigInt(TILE_WIDTH);
  for (let index = 0n; index < full; index++) yield { index, width: TILE_WIDTH };
  const width = partialWidth(0, size);
  if (width > 0) yield { index: full, width };
}

/**
 * The hashes of a tile's bytes, as views.
 * @throws TlogError `ERR_TLOG_TILE` unless there are exactly `width` of them
 */
export function tileHashes(bytes: Uint8Array, width: number): Uint8Array[] {
  if (bytes.length !== width * HASH_BYTES) {
    throw new TlogError(
      'ERR_TLOG_TILE',
      `a tile of width ${width} has ${width * HASH_BYTES} bytes, not ${bytes.length}`,
    );
  }
  return Array.from({ length: width }, (_, i) => bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

/** A tile's bytes: at most 256 hashes, one after the other. */
export function tileBytes(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * HASH_BYTES);
  hashes.forEach((hash, i) => {
    bytes.set(hash, i * HASH_BYTES);
  });
  return bytes;
}

/** Reads one tile of the tree. MUST throw when it can't give exactly `tile.width` hashes. */
export type TileReader = (tile: Tile) => Uint8Array;

/**
 * Subtree roots of the tree of `size` from its tiles, for proofs: at most 256 hashes are computed for each.
 * The tiles are taken at their word; whoever doubts them verifies what is made from them.
 */
export function tileSubtrees(hash: Hash, size: bigint, read: TileReader): SubtreeReader {
  return {
    subtree(level, index) {
      if ((index + 1n) << BigInt(level) > size) {
        throw new TlogError('ERR_TLOG_RANGE', `a tree of ${size} has no subtree ${index} at level ${level}`);
      }
      const tileLevel = Math.floor(level / TILE_HEIGHT);
      const height = BigInt(level % TILE_HEIGHT);
      const first = index << height;
      const tileIndex = first / BigInt(TILE_WIDTH);
      const hashesAtLevel = size >> BigInt(TILE_HEIGHT * tileLevel);
      const isFull = (tileIndex + 1n) * BigInt(TILE_WIDTH) <= hashesAtLevel;
      const width = isFull ? TILE_WIDTH : partialWidth(tileLevel, size);
      const offset = Number(first % BigInt(TILE_WIDTH));
      const hashes = tileHashes(read({ level: tileLevel, index: tileIndex, width }), width);
      return merkleRoot(hash, hashes.slice(offset, offset + (1 << Number(height))));
    },
  };
}

function indexPath({ index, width }: Bundle): string {
  if (index < 0n) throw noTile(`index ${index}`);
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) throw noTile(`width ${width}`);
  const digits = index.toString();
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/.{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

function noTile(what: string): TlogError {
  return new TlogError('ERR_TLOG_TILE', `not a tile: ${what}`);
}
