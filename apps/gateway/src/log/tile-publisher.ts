// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  bundlePath,
  encodeBundle,
  leafHash,
  parseCheckpoint,
  parseNote,
  partialWidth,
  TILE_WIDTH,
  TileBuilder,
  tilePath,
} from '@countersign/tlog';
import { syncDirectory, writeDurableFile } from './durable-file.ts';
import { sha256 } from './sha256.ts';
import { WalReader } from './wal-reader.ts';
import type { DurableHead } from './wal-writer.ts';

const FILE_MODE = 0o644;
/** So many entries are read, checked and hashed in one turn of the event loop: most stand in a chunk that is read already. */
const TURN_ENTRIES = 32n;

export interface TilePublisherOptions {
  /** The log directory. */
  readonly dir: string;
  readonly walDir: string;
  readonly tmp: string;
}

/**
 * Makes the derived files: tiles, entry bundles and `checkpoint`, always from what is durable in the write-ahead log, and
 * `checkpoint` last. One publication at a time.
 */
export class TilePublisher {
  readonly #options: TilePublisherOptions;
  #builder: TileBuilder | undefined;
  #reader: WalReader | undefined;
  #bundle: Uint8Array[] = [];
  #published = 0;
  readonly #touched = new Set<string>();
  /** Partial tiles and bundles that are there, and whether this publisher made them. */
  readonly #partials = new Map<string, boolean>();

  constructor(options: TilePublisherOptions) {
    this.#options = options;
  }

  /** Size of the checkpoint that is published. */
  get published(): number {
    return this.#published;
  }

  /** Publishes a durable checkpoint. After a throw the next call begins anew from what is published. */
  async publish({ size, checkpoint }: DurableHead): Promise<void> {
    try {
      const builder = this.#builder ?? (await this.#resume());
      await this.#extend(builder, size);
      const partials = await this.#writePartials(builder);
      for (const directory of this.#touched) await syncDirectory(directory);
      this.#touched.clear();
      await this.#write('checkpoint', checkpoint, true);
      this.#published = size;
      await this.#removeStale(partials);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#builder = undefined;
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
  }

  async #resume(): Promise<TileBuilder> {
    const { dir, walDir } = this.#options;
    const size = await publishedSize(join(dir, 'checkpoint'));
    const builder = resumeBuilder(dir, size);
    this.#published = Number(builder.size);
    this.#bundle = [];
    for await (const partial of partialsUnder(dir, 'tile')) this.#partials.set(partial, false);
    const bundleStart = this.#published - (this.#published % TILE_WIDTH);
    this.#reader = await WalReader.at(walDir, bundleStart);
    while (bundleStart + this.#bundle.length < this.#published) this.#bundle.push((await this.#reader.next()).slice());
    this.#builder = builder;
    return builder;
  }

  async #extend(builder: TileBuilder, size: number): Promise<void> {
    this.#reader?.refresh();
    while (builder.size < BigInt(size)) {
      if (builder.size % TURN_ENTRIES === 0n) await nextTurn();
      const entry = ((await this.#reader?.next()) ?? new Uint8Array(0)).slice();
      this.#bundle.push(entry);
      const completed = builder.append(leafHash(sha256, entry));
      for (const tile of completed) await this.#write(tilePath(tile), tile.bytes);
      if (this.#bundle.length < TILE_WIDTH) continue;
      const index = builder.size / BigInt(TILE_WIDTH) - 1n;
      await this.#write(bundlePath({ index, width: TILE_WIDTH }), encodeBundle(this.#bundle));
      this.#bundle = [];
    }
  }

  async #writePartials(builder: TileBuilder): Promise<ReadonlySet<string>> {
    const partials = new Set<string>();
    const write = async (path: string, bytes: Uint8Array): Promise<void> => {
      partials.add(path);
      if (this.#partials.get(path) !== true) await this.#write(path, bytes);
      this.#partials.set(path, true);
    };
    for (const tile of builder.partialTiles()) await write(tilePath(tile), tile.bytes);
    const width = partialWidth(0, builder.size);
    if (width > 0) {
      await write(bundlePath({ index: builder.size / BigInt(TILE_WIDTH), width }), encodeBundle(this.#bundle));
    }
    return partials;
  }

  async #removeStale(needed: ReadonlySet<string>): Promise<void> {
    for (const path of this.#partials.keys()) {
      if (needed.has(path)) continue;
      const stale = join(this.#options.dir, path);
      await rm(stale, { force: true });
      this.#partials.delete(path);
      if ([...needed].some((kept) => dirname(kept) === dirname(path))) continue;
      await rmdir(dirname(stale)).catch(() => undefined);
    }
  }

  async #write(path: string, bytes: Uint8Array, sync = false): Promise<void> {
    const { dir, tmp } = this.#options;
    const target = join(dir, path);
    const created = await mkdir(dirname(target), { recursive: true });
    await writeDurableFile(target, bytes, { tmp, mode: FILE_MODE, syncDirectory: sync });
    if (sync) return;
    this.#touched.add(dirname(target));
    if (created !== undefined) this.#touchUpwards(dirname(created), dirname(target));
  }

  /** New directories are durable once those that name them are. */
  #touchUpwards(highest: string, lowest: string): void {
    for (let at = dirname(lowest); at.length >= highest.length; at = dirname(at)) this.#touched.add(at);
  }
}

async function publishedSize(path: string): Promise<bigint> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes === undefined ? 0n : parseCheckpoint(parseNote(bytes).text).size;
}

/** Goes on at `size`; where a tile that this needs is missing or of the wrong length, all tiles are made again. */
function resumeBuilder(dir: string, size: bigint): TileBuilder {
  try {
    return TileBuilder.resume(sha256, size, (tile) => readFileSync(join(dir, tilePath(tile))));
  } catch {
    return TileBuilder.empty(sha256);
  }
}

/** Paths of all partial tiles and bundles, from `dir`. */
async function* partialsUnder(dir: string, path: string): AsyncGenerator<string> {
  const entries = await readdir(join(dir, path), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory()) yield* partialsUnder(dir, `${path}/${entry.name}`);
    else if (path.endsWith('.p')) yield `${path}/${entry.name}`;
  }
}
