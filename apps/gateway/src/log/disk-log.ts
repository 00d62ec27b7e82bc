// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LogRecord } from '@countersign/evidence';
import { RecordSequence } from '@countersign/evidence';
import { type Clock, formatMicros, systemClock } from './clock.ts';
import { syncDirectory } from './durable-file.ts';
import { lockHome } from './home-lock.ts';
import { KeyTable } from './key-table.ts';
import { LogError } from './log-error.ts';
import { type LogKey, loadLogKey } from './log-key.ts';
import { type DiskLogSettings, RunningDiskLog } from './running-disk-log.ts';
import { SpareSegment } from './spare-segment.ts';
import { TilePublisher } from './tile-publisher.ts';
import { unfinishedEndings } from './unfinished.ts';
import { createWal, listSegments, type RecoveredWal, recoverWal, type WalFiles } from './wal-recovery.ts';
import { WalWriter } from './wal-writer.ts';

export type DiskLog = RunningDiskLog;

const MIN_SEGMENT_BYTES = 4_096;

export interface DiskLogOptions {
  /** Directory with `log/`, the log directory, and with `lock` and `tmp/` beside it; made when missing. */
  readonly home: string;
  /** Directory of the log's private key and of the key table; made when missing, with access for the owner alone. */
  readonly keyDir: string;
  /** Name of the log in checkpoints and keys: a URL without scheme, for instance `gw.example/audit/gateway-0`. */
  readonly origin: string;
  /** Name of this gateway in records. */
  readonly gateway: string;
  /** Version of the gateway. */
  readonly version: string;
  /** Length of a segment: 64 MiB by default. What is in a log already keeps its length. */
  readonly segmentBytes?: number;
  /** Records, and bytes, that may wait for the disk before `ERR_LOG_FULL`: 4,096 and 16 MiB by default. */
  readonly maxQueuedRecords?: number;
  readonly maxQueuedBytes?: number;
  /** How often tiles and `checkpoint` follow: 1 s by default. */
  readonly publishMs?: number;
  /** How long the log is silent before it says that it lives: 60 s by default. */
  readonly heartbeatMs?: number;
  /** How often the free space is looked at: 5 s by default. */
  readonly spaceCheckMs?: number;
  /** Share of free space below which the state is `low-space`: 10 by default. */
  readonly lowSpacePercent?: number;
  /** Room kept for endings when there is no next segment: a sixteenth of a segment by default. */
  readonly reserveBytes?: number;
  readonly clock?: Clock;
}

/**
 * Opens the log, or begins it: takes the lock, recovers what a crash left, and has `log.opened` durable when it resolves.
 * @throws LogError `ERR_LOG_LOCKED`, `ERR_LOG_KEY`, `ERR_LOG_DAMAGED`, `ERR_LOG_ROLLED_BACK`, `ERR_LOG_NO_SPACE`
 */
export async function openDiskLog(options: DiskLogOptions): Promise<DiskLog> {
  const dir = join(options.home, 'log');
  const walDir = join(dir, 'wal');
  const tmp = join(options.home, 'tmp');
  // Leaves name namespaces and objects: who may read them is for the owner to say.
  await mkdir(options.home, { recursive: true, mode: 0o700 });
  await mkdir(walDir, { recursive: true });
  await mkdir(tmp, { recursive: true });
  await mkdir(options.keyDir, { recursive: true, mode: 0o700 });
  const parents = [dir, options.home, dirname(options.home), dirname(options.keyDir)];
  for (const directory of parents) await syncDirectory(directory);
  const unlock = lockHome(join(options.home, 'lock'));
  const opened: Closable[] = [{ close: async () => unlock() }];
  try {
    await emptyDirectory(tmp);
    return await openLocked(options, { dir, walDir, tmp, unlock }, opened);
  } catch (error) {
    for (const part of opened.reverse()) await part.close();
    throw error;
  }
}

/** What is let go of when opening fails. */
interface Closable {
  close(): Promise<void>;
}

interface Home {
  readonly dir: string;
  readonly walDir: string;
  readonly tmp: string;
  readonly unlock: () => void;
}

async function openLocked(options: DiskLogOptions, home: Home, opened: Closable[]): Promise<DiskLog> {
  const { dir, walDir, tmp, unlock } = home;
  const { origin, keyDir, clock = systemClock(), segmentBytes = 64 * 1024 * 1024 } = options;
  if (segmentBytes < MIN_SEGMENT_BYTES) throw new LogError('ERR_LOG_NO_SPACE', `a segment of ${segmentBytes} bytes`);
  const segments = await listSegments(walDir);
  const isNew = segments.length === 0;
  if (isNew) await assertNothingPublished(dir);
  const key = await loadLogKey(keyDir, origin, isNew);
  const keys = await KeyTable.open(keyDir, isNew);
  opened.push(keys);
  const files: WalFiles = { walDir, tmp, published: join(dir, 'checkpoint'), origin, segmentBytes };
  const wal = await recover(files, segments.at(-1), key);
  opened.push(wal.position.segment);
  const spare = new SpareSegment(tmp, segmentBytes);
  const writer = new WalWriter({ walDir, origin, signer: key.signer, spare }, wal.position);
  const { key: pseudonymKey } = await keys.obtain('pseudonyms', formatMicros(clock()));
  const publisher = new TilePublisher({ dir, walDir, tmp });
  const sequence = new RecordSequence(wal.position.sequence);
  const { vkey } = key;
  const parts = { dir, origin, vkey, clock, keys, pseudonymKey, writer, spare, publisher, sequence, unlock };
  const log = new RunningDiskLog(parts, settingsOf(options, segmentBytes));
  await log.start(openingRecords(options, segmentBytes, vkey, wal));
  return log;
}

async function recover(files: WalFiles, last: number | undefined, { verifier }: LogKey): Promise<RecoveredWal> {
  try {
    return last === undefined ? await createWal(files) : await recoverWal(files, last, verifier);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
    throw new LogError('ERR_LOG_NO_SPACE', `no room for a segment under ${files.tmp}`, { cause });
  }
}

/** The first records of an epoch: after a crash, what was found and the endings of what was under way. */
function openingRecords(
  { origin, version }: DiskLogOptions,
  segmentBytes: number,
  vkey: string,
  { position: { sequence, frontier }, cutBytes }: RecoveredWal,
): readonly LogRecord[] {
  const clean = sequence.closed;
  const opened: LogRecord = { type: 'log.opened', origin, vkey, version, segmentBytes, survives: 'host', clean };
  if (clean) return [opened];
  const endings = unfinishedEndings(sequence.open, 'recovery');
  const found: LogRecord = { type: 'recovery', size: Number(frontier.size), cutBytes, unfinished: endings.length };
  return [opened, found, ...endings];
}

function settingsOf(options: DiskLogOptions, segmentBytes: number): DiskLogSettings {
  return {
    gateway: options.gateway,
    maxQueuedRecords: options.maxQueuedRecords ?? 4_096,
    maxQueuedBytes: options.maxQueuedBytes ?? 16 * 1024 * 1024,
    publishMs: options.publishMs ?? 1_000,
    heartbeatMs: options.heartbeatMs ?? 60_000,
    spaceCheckMs: options.spaceCheckMs ?? 5_000,
    lowSpacePercent: options.lowSpacePercent ?? 10,
    reserveBytes: options.reserveBytes ?? Math.floor(segmentBytes / 16),
  };
}

/** A log whose segments are gone is not a new log. */
async function assertNothingPublished(dir: string): Promise<void> {
  const names = (await readdir(dir)).filter((name) => name !== 'wal');
  if (names.length === 0) return;
  throw new LogError('ERR_LOG_ROLLED_BACK', `${dir} has ${names.join(', ')} but no segments`);
}

async function emptyDirectory(dir: string): Promise<void> {
  for (const name of await readdir(dir)) await rm(join(dir, name), { recursive: true });
}
