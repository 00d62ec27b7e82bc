// SPDX-License-Identifier: Apache-2.0
import {
  type BuiltTile,
  bundlePath,
  encodeBundle,
  HASH_BYTES,
  type Hash,
  partialWidth,
  TILE_WIDTH,
  TileBuilder,
  tilePath,
  toHex,
} from '@countersign/tlog';
import type { LogDirectory } from './log-directory.ts';
import { LogFaultError } from './log-fault.ts';
import type { FoundTile, Survey } from './verify-survey.ts';

const WIDTH = BigInt(TILE_WIDTH);

/**
 * Makes every tile and entry bundle of the log anew while its entries pass, and compares those that lie in the
 * directory. Holds the right edge of the tree and one bundle.
 * @see docs/reference/log-format.md Tiles
 */
export class TileCheck {
  readonly #directory: LogDirectory;
  readonly #survey: Survey;
  /** Size of the tree whose tiles must all be there. */
  readonly #publishedSize: bigint;
  readonly #builder: TileBuilder;
  readonly #due = new Map<bigint, FoundTile[]>();
  #bundle: Uint8Array[] = [];

  constructor(directory: LogDirectory, hash: Hash, survey: Survey, publishedSize: bigint) {
    this.#directory = directory;
    this.#survey = survey;
    this.#publishedSize = publishedSize;
    this.#builder = TileBuilder.empty(hash);
    for (const tile of survey.partialTiles) {
      const size = endOf(tile);
      this.#due.set(size, [...(this.#due.get(size) ?? []), tile]);
    }
  }

  /**
   * Takes the next entry in; a promise only when there is something to compare.
   * @throws LogFaultError by the promise
   */
  append(leaf: Uint8Array, entry: Uint8Array): Promise<void> | undefined {
    const completed = this.#builder.append(leaf);
    this.#bundle.push(entry);
    const isFull = this.#bundle.length === TILE_WIDTH;
    if (!isFull && !this.#due.has(this.#builder.size)) return undefined;
    return this.#compareDue(completed);
  }

  /**
   * Whether the tiles of the published checkpoint are all there and nothing is beyond the log.
   * `isPublished` tells whether the checkpoint is still the one published: a tile of an older one may be gone.
   * @throws LogFaultError
   */
  async finish(isPublished: () => Promise<boolean>): Promise<void> {
    const { size } = this.#builder;
    for (const tile of [...this.#survey.lastFull.values(), ...this.#survey.partialTiles]) {
      if (endOf(tile) > size) {
        const expected = `no tile beyond entry ${size - 1n}`;
        throw new LogFaultError({ file: tile.path, entry: Number(size), problem: 'a tile beyond the log', expected });
      }
    }
    const there = new Set(this.#survey.partialTiles.map(({ path }) => path));
    for (const tile of partialTilesOf(this.#publishedSize)) {
      if (there.has(tile.path) || !(await isPublished())) continue;
      throw missing(tile);
    }
  }

  /** The first of the leaves whose hash is not the one in the directory's level 0, for a fault to name. */
  async firstDifference(
    first: number,
    leaves: readonly Uint8Array[],
  ): Promise<{ entry: number; found: string; expected: string } | undefined> {
    for (const [i, leaf] of leaves.entries()) {
      const index = BigInt(first + i);
      const tiles = [{ level: 0, index: index / WIDTH, width: TILE_WIDTH }, ...this.#partialsWith(index)];
      for (const tile of tiles) {
        const stored = await this.#directory.read(tilePath(tile), Number(index % WIDTH) * HASH_BYTES, HASH_BYTES);
        if (stored?.length !== HASH_BYTES || toHex(stored) === toHex(leaf)) continue;
        return { entry: first + i, found: toHex(leaf), expected: toHex(stored) };
      }
    }
    return undefined;
  }

  #partialsWith(index: bigint) {
    return this.#survey.partialTiles.flatMap((tile) => {
      const holds = tile.index === index / WIDTH && tile.width > Number(index % WIDTH);
      return tile.level === 0 && holds ? [{ level: 0, index: tile.index, width: tile.width }] : [];
    });
  }

  async #compareDue(completed: readonly BuiltTile[]): Promise<void> {
    const { size } = this.#builder;
    for (const tile of completed) {
      await this.#compare({ path: tilePath(tile), ...tile }, tile.bytes);
    }
    const bundle = { level: 'entries', index: (size - 1n) / WIDTH, width: this.#bundle.length } as const;
    if (bundle.width === TILE_WIDTH) {
      await this.#compare({ path: bundlePath(bundle), ...bundle }, encodeBundle(this.#bundle));
    }
    for (const tile of this.#due.get(size) ?? []) {
      await this.#compare(tile, tile.level === 'entries' ? encodeBundle(this.#bundle) : this.#partialBytes(tile.level));
    }
    if (bundle.width === TILE_WIDTH) this.#bundle = [];
  }

  #partialBytes(level: number): Uint8Array {
    const tile = this.#builder.partialTiles().find((partial) => partial.level === level);
    if (tile === undefined) throw new RangeError(`no partial tile at level ${level}`);
    return tile.bytes;
  }

  async #compare(tile: FoundTile, expected: Uint8Array): Promise<void> {
    const found = await this.#directory.read(tile.path, 0, expected.length + 1);
    if (found === undefined) {
      // A partial tile is deleted when a later one is there; that those that count are there, `finish` looks after.
      if (tile.width === TILE_WIDTH && endOf(tile) <= this.#publishedSize) throw missing(tile);
      return;
    }
    const offset = firstDifference(expected, found);
    if (offset < expected.length || found.length > expected.length) throw difference(tile, offset, expected, found);
  }
}

/** Offset of the first byte that differs; the shorter length when there is none. */
function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a[at] === b[at]) at += 1;
  return at;
}

/** Every partial tile and bundle of a tree of `size`. */
function partialTilesOf(size: bigint): FoundTile[] {
  const tiles: FoundTile[] = [];
  for (let level = 0; size >> BigInt(8 * level) > 0n; level++) {
    const width = partialWidth(level, size);
    const index = size >> BigInt(8 * (level + 1));
    if (width > 0) tiles.push({ path: tilePath({ level, index, width }), level, index, width });
  }
  const width = partialWidth(0, size);
  const index = size / WIDTH;
  if (width > 0) tiles.push({ path: bundlePath({ index, width }), level: 'entries', index, width });
  return tiles;
}

/** How many entries one hash of the tile stands for. */
function span(tile: FoundTile): bigint {
  return tile.level === 'entries' ? 1n : WIDTH ** BigInt(tile.level);
}

/** The size of the smallest tree that has the tile. */
function endOf(tile: FoundTile): bigint {
  return (tile.index * WIDTH + BigInt(tile.width)) * span(tile);
}

function missing(tile: FoundTile): LogFaultError {
  const entry = Number(tile.index * WIDTH * span(tile));
  return new LogFaultError({ file: tile.path, entry, problem: 'a tile of the published checkpoint is not there' });
}

function difference(tile: FoundTile, offset: number, expected: Uint8Array, found: Uint8Array): LogFaultError {
  if (tile.level === 'entries') return bundleDifference(tile, offset, expected, found);
  const i = Math.min(Math.floor(offset / HASH_BYTES), tile.width - 1);
  const part = (bytes: Uint8Array) => toHex(bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
  const entry = Number((tile.index * WIDTH + BigInt(i)) * span(tile));
  const what = tile.level === 0 ? 'the leaf hash' : `the hash over the ${span(tile)} entries from it on`;
  const values =
    part(found) === part(expected)
      ? { expected: `${expected.length} bytes`, found: 'more' }
      : { expected: part(expected), found: part(found) };
  return new LogFaultError({ file: tile.path, offset, entry, problem: `${what} is not that of the entry`, ...values });
}

function bundleDifference(tile: FoundTile, offset: number, expected: Uint8Array, found: Uint8Array): LogFaultError {
  const view = new DataView(expected.buffer, expected.byteOffset, expected.byteLength);
  let i = 0;
  for (let at = 0; i < tile.width - 1; i++) {
    at += 2 + view.getUint16(at);
    if (at > offset) break;
  }
  const part = (bytes: Uint8Array) => (offset < bytes.length ? toHex(bytes.subarray(offset, offset + 8)) : 'the end');
  return new LogFaultError({
    file: tile.path,
    offset,
    entry: Number(tile.index * WIDTH) + i,
    problem: 'the entry in the bundle is not the one in the segment',
    expected: part(expected),
    found: part(found),
  });
}
