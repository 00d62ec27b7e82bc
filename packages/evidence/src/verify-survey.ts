// SPDX-License-Identifier: Apache-2.0
import { parseTilePath, TILE_WIDTH, TlogError } from '@countersign/tlog';
import type { DirectoryItem, LogDirectory } from './log-directory.ts';
import { LogFaultError } from './log-fault.ts';
import { parseSegmentName } from './segment-header.ts';
import { FRAME_TYPES } from './wal-frame.ts';

/** A tile or an entry bundle that lies in the directory. */
export interface FoundTile {
  readonly path: string;
  readonly level: number | 'entries';
  readonly index: bigint;
  readonly width: number;
}

export interface SegmentFile {
  readonly path: string;
  readonly first: number;
  readonly bytes: number;
}

/** What lies in a log directory: only what may. */
export interface Survey {
  readonly fullTiles: number;
  /** By level, the full tile with the highest index. */
  readonly lastFull: ReadonlyMap<FoundTile['level'], FoundTile>;
  /** A log that is written to has a few; one that was killed often, some more. */
  readonly partialTiles: readonly FoundTile[];
  /** The file `checkpoint`, if it is there. */
  readonly checkpoint: Uint8Array | undefined;
  /** In the order of their first entries, at least one. */
  readonly segments: readonly SegmentFile[];
}

const MAX_PARTIAL_TILES = 100_000;
const TILE_DIRECTORY = /^tile(?:\/(?:entries|\d{1,2})(?:\/x\d{3}){0,6}(?:\/\d{3}\.p)?)?$/;

/**
 * Lists a log directory in the order that a log being written allows: tiles, then `checkpoint`, then the segments.
 * @throws LogFaultError at the first thing that doesn't belong
 * @see docs/reference/log-format.md Where things lie
 */
export async function surveyLog(directory: LogDirectory): Promise<Survey> {
  const allowed = new Map([
    ['wal', 'directory'],
    ['tile', 'directory'],
    ['checkpoint', 'file'],
  ]);
  for await (const item of directory.list('')) {
    if (allowed.get(item.name) !== item.kind) throw unknown(item.name, item);
  }
  const lastFull = new Map<FoundTile['level'], FoundTile>();
  const partialTiles: FoundTile[] = [];
  let fullTiles = 0;
  for await (const tile of findTiles(directory, 'tile')) {
    if (tile.width === TILE_WIDTH) {
      fullTiles += 1;
      if ((lastFull.get(tile.level)?.index ?? -1n) < tile.index) lastFull.set(tile.level, tile);
    } else {
      partialTiles.push(tile);
    }
    if (partialTiles.length > MAX_PARTIAL_TILES) {
      throw new LogFaultError({ file: tile.path, problem: `over ${MAX_PARTIAL_TILES} partial tiles` });
    }
  }
  const checkpoint = await directory.read('checkpoint', 0, FRAME_TYPES.checkpoint.maxBytes + 1);
  const segments = await findSegments(directory);
  return { fullTiles, lastFull, partialTiles, checkpoint, segments };
}

async function* findTiles(directory: LogDirectory, parent: string): AsyncGenerator<FoundTile> {
  for await (const item of directory.list(parent)) {
    const path = `${parent}/${item.name}`;
    if (item.kind === 'directory' && TILE_DIRECTORY.test(path)) yield* findTiles(directory, path);
    else if (item.kind === 'file') yield { path, ...tileOf(path, item) };
    else throw unknown(path, item);
  }
}

function tileOf(path: string, item: DirectoryItem) {
  try {
    return parseTilePath(path);
  } catch (cause) {
    if (cause instanceof TlogError) throw unknown(path, item);
    throw cause;
  }
}

/**
 * The segments in the order of their first entries.
 * @throws LogFaultError
 */
export async function findSegments(directory: LogDirectory): Promise<SegmentFile[]> {
  const segments: SegmentFile[] = [];
  for await (const item of directory.list('wal')) {
    const first = item.kind === 'file' ? parseSegmentName(item.name) : undefined;
    if (first === undefined) throw unknown(`wal/${item.name}`, item);
    segments.push({ path: `wal/${item.name}`, first, bytes: item.bytes });
  }
  if (segments.length === 0) throw new LogFaultError({ file: 'wal', entry: 0, problem: 'there is no segment' });
  return segments.sort((a, b) => a.first - b.first);
}

function unknown(file: string, item: DirectoryItem): LogFaultError {
  const problem = `the log directory holds a ${item.kind === 'other' ? 'thing' : item.kind} that does not belong to a log`;
  return new LogFaultError({ file, problem });
}
