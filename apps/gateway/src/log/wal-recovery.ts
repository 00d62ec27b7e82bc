// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSegmentName, RecordSequence, segmentName } from '@countersign/evidence';
import { Frontier, type NoteVerifier, verifyCheckpoint } from '@countersign/tlog';
import { LogError } from './log-error.ts';
import { SegmentFile } from './segment-file.ts';
import { type ReplayedSegment, replaySegment } from './segment-replay.ts';
import { sha256 } from './sha256.ts';
import { endOfData } from './torn-tail.ts';
import { segmentHeaderFrame, type WalPosition } from './wal-writer.ts';

export interface WalFiles {
  readonly walDir: string;
  readonly tmp: string;
  /** `log/checkpoint`. */
  readonly published: string;
  readonly origin: string;
  readonly segmentBytes: number;
}

/** The write-ahead log, ready to be written to. */
export interface RecoveredWal {
  readonly position: WalPosition;
  /** Bytes of a batch that was cut short. */
  readonly cutBytes: number;
}

/** Indexes of the first records of the segments, in order. */
export async function listSegments(walDir: string): Promise<readonly number[]> {
  const names = await readdir(walDir);
  return names.sort().map((name) => {
    const first = parseSegmentName(name);
    if (first === undefined) throw new LogError('ERR_LOG_DAMAGED', `a file that is no segment: ${join(walDir, name)}`);
    return first;
  });
}

/** Begins a log: its first segment, with nothing but a header. */
export async function createWal({ walDir, tmp, origin, segmentBytes }: WalFiles): Promise<RecoveredWal> {
  const frontier = Frontier.empty(sha256);
  const sequence = new RecordSequence();
  const checkpoint = new Uint8Array(0);
  const header = segmentHeaderFrame({ origin, frontier, checkpoint, sequence }, segmentBytes);
  const segment = await SegmentFile.create(join(tmp, `${randomUUID()}.seg`), header.bytes);
  await segment.write(header.frame, 0);
  await segment.sync();
  await segment.moveTo(join(walDir, segmentName(0)));
  return { position: { segment, offset: header.frame.length, frontier, checkpoint, sequence }, cutBytes: 0 };
}

/**
 * Finds where the log ends. Where it was not closed, the last segment is copied without a torn batch, synced, and put in
 * the place of the old one: after a failed sync what can be read is not always on the disk.
 * @throws LogError `ERR_LOG_DAMAGED`, `ERR_LOG_ROLLED_BACK`
 */
export async function recoverWal(files: WalFiles, first: number, verifier: NoteVerifier): Promise<RecoveredWal> {
  const { walDir, origin } = files;
  const path = join(walDir, segmentName(first));
  const published = await readPublished(files.published, verifier);
  const bytes = await readFile(path);
  const replayed = replaySegment(bytes, { path, first, origin, verifier, wantedSize: published?.size });
  if (published !== undefined) assertContains(replayed, published, files.published);
  const { offset, frontier, checkpoint, sequence } = replayed;
  const cutBytes = Math.max(0, endOfData(bytes) - offset);
  const segment = sequence.closed
    ? await SegmentFile.open(path, bytes.length)
    : await copySegment(files.tmp, path, bytes.subarray(0, offset), bytes.length);
  return { position: { segment, offset, frontier, checkpoint, sequence }, cutBytes };
}

interface Published {
  readonly size: number;
  readonly bytes: Uint8Array;
}

async function readPublished(path: string, verifier: NoteVerifier): Promise<Published | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  try {
    const { checkpoint } = verifyCheckpoint(bytes, [verifier]);
    return { size: Number(checkpoint.size), bytes };
  } catch (cause) {
    throw new LogError('ERR_LOG_DAMAGED', `the published checkpoint is damaged: ${path}`, { cause });
  }
}

function assertContains({ header, frontier, wanted }: ReplayedSegment, { size, bytes }: Published, path: string): void {
  if (size > Number(frontier.size)) {
    const found = `the log has ${frontier.size} records and ${path} says ${size}`;
    throw new LogError('ERR_LOG_ROLLED_BACK', `records are missing: ${found}`);
  }
  if (size < header.first) return;
  const expected = size === header.first ? Buffer.from(header.checkpoint) : wanted;
  if (expected !== undefined && Buffer.compare(expected, bytes) === 0) return;
  throw new LogError('ERR_LOG_ROLLED_BACK', `the log does not contain the checkpoint in ${path}`);
}

async function copySegment(tmp: string, path: string, data: Uint8Array, bytes: number): Promise<SegmentFile> {
  const made = join(tmp, `${randomUUID()}.seg`);
  try {
    const segment = await SegmentFile.create(made, bytes);
    await segment.write(data, 0);
    await segment.sync();
    await segment.moveTo(path);
    return segment;
  } catch (error) {
    await rm(made, { force: true });
    throw error;
  }
}
