// SPDX-License-Identifier: Apache-2.0
import { type Leaf, type LogRecord, RecordSequence, type SealedKey } from '@countersign/evidence';
import { type Clock, formatMicros, parseMicros } from './clock.ts';
import { CommitQueue } from './commit-queue.ts';
import { type DataKey, type KeyScope, type KeyTable, MissingKeyError } from './key-table.ts';
import type { Appended, Log, LogState } from './log.ts';
import { LogError } from './log-error.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { type EncodedRecord, RecordEncoder } from './record-encoder.ts';
import { measureSpace } from './space.ts';
import type { SpareSegment } from './spare-segment.ts';
import type { TilePublisher } from './tile-publisher.ts';
import { type OpenRecordingRecord, openRecordings, unfinishedEndings } from './unfinished.ts';
import { batchBytes, type DurableHead, type WalWriter } from './wal-writer.ts';

/** Below this the clock is taken to waver, not to have been set back. */
const SKEW_MICROS = 1_000_000;
/** What may still be written when only the reserve is left, or the queue is full. */
const ENDINGS: ReadonlySet<string> = new Set([
  'outcome',
  'answer.end',
  'stream.end',
  'recording.end',
  'session.end',
  'audit.stopped',
  'log.closed',
]);

export interface DiskLogSettings {
  readonly gateway: string;
  readonly maxQueuedRecords: number;
  readonly maxQueuedBytes: number;
  readonly publishMs: number;
  readonly heartbeatMs: number;
  readonly spaceCheckMs: number;
  readonly lowSpacePercent: number;
  /** Room in the last segment that only endings may use while there is no next segment. */
  readonly reserveBytes: number;
}

export interface DiskLogParts {
  /** The log directory. */
  readonly dir: string;
  readonly origin: string;
  readonly vkey: string;
  readonly clock: Clock;
  readonly keys: KeyTable;
  readonly pseudonymKey: Uint8Array;
  readonly writer: WalWriter;
  readonly spare: SpareSegment;
  readonly publisher: TilePublisher;
  /** Where the records that are durable end. */
  readonly sequence: RecordSequence;
  /** Lets go of the lock. */
  readonly unlock: () => void;
}

/**
 * The log on a disk. Records are encoded in the caller's turn of the event loop and committed in batches, one on its way
 * to the disk at a time; tiles are made behind. `openDiskLog` opens it.
 * @see docs/reference/log-format.md
 */
export class RunningDiskLog implements Log {
  readonly #settings: DiskLogSettings;
  readonly #parts: DiskLogParts;
  readonly #encoder: RecordEncoder;
  readonly #queue: CommitQueue;
  /** Where the sequence will stand when all that was accepted is durable. */
  readonly #accepted: RecordSequence;
  readonly #listeners = new Set<(state: LogState) => void>();
  #timers: NodeJS.Timeout[] = [];
  #state: LogState = { state: 'open' };
  /** No room but the reserve: endings are still taken. */
  #full = false;
  #freeBytes = 0;
  #lastMicros: number;
  #skewed = false;
  #publishing: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(parts: DiskLogParts, settings: DiskLogSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#accepted = new RecordSequence(parts.sequence);
    this.#lastMicros = parts.sequence.time === '' ? 0 : parseMicros(parts.sequence.time);
    this.#encoder = new RecordEncoder({
      gateway: settings.gateway,
      pseudonyms: new Pseudonyms(parts.pseudonymKey),
      keyOf: (scope) => parts.keys.held(scope),
    });
    this.#queue = new CommitQueue({
      maxRecords: settings.maxQueuedRecords,
      maxBytes: settings.maxQueuedBytes,
      first: parts.writer.head.size,
      commit: (records) => parts.writer.commit(records),
      onFailure: (error) => this.#fail(error.message),
    });
  }

  /** The log directory: what `evidence verify` is given. */
  get dir(): string {
    return this.#parts.dir;
  }

  get origin(): string {
    return this.#parts.origin;
  }

  /** The verifier key of the log, for a trust file. */
  get vkey(): string {
    return this.#parts.vkey;
  }

  /** The last durable checkpoint and its size. */
  get head(): DurableHead {
    return this.#parts.writer.head;
  }

  get state(): LogState {
    return this.#state;
  }

  /** Recordings that have a start and no end on record. */
  get openRecordings(): readonly OpenRecordingRecord[] {
    return openRecordings(this.#accepted.open);
  }

  onState(listener: (state: LogState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#state);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async append(records: readonly LogRecord[]): Promise<Appended> {
    this.#assertTaking(records);
    return { index: await this.#accept(records) };
  }

  /** Writes the first records of an epoch, and begins what a log does by itself. */
  async start(records: readonly LogRecord[]): Promise<void> {
    await this.#accept(records);
    this.#parts.spare.prepare();
    await this.#checkSpace();
    const { publishMs, heartbeatMs, spaceCheckMs } = this.#settings;
    this.#every(publishMs, () => this.publish());
    this.#every(heartbeatMs, () => this.#beat());
    this.#every(spaceCheckMs, () => this.#checkSpace());
  }

  /** Publishes the last durable checkpoint with its tiles. */
  publish(): Promise<void> {
    const { publisher, writer } = this.#parts;
    this.#publishing = this.#publishing.then(async () => {
      const { head } = writer;
      if (head.size === publisher.published) return;
      try {
        await publisher.publish(head);
      } catch (error) {
        // Tiles can be made again when there is room; anything else says that the volume, or what is on it, is broken.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') this.#fail((error as Error).message);
      }
    });
    return this.#publishing;
  }

  /**
   * The key in use for a scope, durable in the key table.
   * @throws LogError `ERR_LOG_FAILED`: what can't be kept must not be sealed
   */
  async keyOf(scope: KeyScope): Promise<DataKey> {
    return this.#parts.keys.held(scope) ?? (await this.#obtainKey(scope));
  }

  /** A key of the key table by its id, or what is left of it; undefined where there is none. */
  findKey(id: string): Promise<SealedKey | undefined> {
    return this.#parts.keys.find(id);
  }

  /**
   * Destroys the keys of a session's, or a day's, sealed fields, after a record that says so.
   * @returns ids of the keys; none when there was nothing to destroy
   */
  async shred(scope: KeyScope, reason: { readonly rule: string; readonly by?: string }): Promise<readonly string[]> {
    const { keys, clock } = this.#parts;
    const ids = await keys.idsOf(scope);
    if (ids.length === 0) return ids;
    const session = scope.startsWith('session ') ? { session: scope.slice('session '.length) } : {};
    await this.append([{ type: 'data.shredded', keys: [...ids], ...reason, ...session }]);
    await keys.destroy(ids, reason.rule, formatMicros(clock()));
    return ids;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { keys, publisher, spare, unlock, writer } = this.#parts;
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#state.state !== 'failed') {
      const endings = unfinishedEndings(this.#accepted.open, 'shutdown');
      // A failure shows in the state, and the next start recovers.
      await this.#accept([...endings, { type: 'log.closed', reason: 'shutdown' }]).catch(() => undefined);
    }
    await this.#queue.drain();
    if (this.#state.state !== 'failed') await this.publish();
    await this.#publishing;
    await publisher.close();
    await spare.discard();
    await writer.close();
    await keys.close();
    unlock();
  }

  async #accept(records: readonly LogRecord[]): Promise<number> {
    for (;;) {
      try {
        return await this.#push(records);
      } catch (error) {
        if (!(error instanceof MissingKeyError)) throw error;
        await this.#obtainKey(error.scope);
      }
      this.#assertTaking(records);
    }
  }

  /** Encodes, checks and queues in one go: nothing can come between the time of a record and its place. */
  #push(records: readonly LogRecord[]): Promise<number> {
    // There is at most one ending for each beginning that was taken, and what has happened must not go unsaid.
    if (!areEndings(records)) this.#queue.assertRoomFor(records.length);
    const micros = this.#now();
    const encoded = this.#encode(records, micros);
    this.#assertRoom(encoded, records);
    const leaves = encoded.map(({ leaf }) => leaf);
    this.#applyOrder(leaves);
    this.#lastMicros = micros;
    return this.#queue.push(encoded);
  }

  #encode(records: readonly LogRecord[], micros: number): readonly EncodedRecord[] {
    let { epoch } = this.#accepted;
    return records.map((record) => {
      if (record.type === 'log.opened') epoch += 1;
      return this.#encoder.encode(record, micros, epoch);
    });
  }

  #applyOrder(leaves: readonly Leaf[]): void {
    try {
      this.#accepted.apply(...leaves);
    } catch (cause) {
      throw new LogError('ERR_LOG_RECORD', (cause as Error).message, { cause });
    }
  }

  /** Time that never goes back; where the clock was set back, a record says so once. */
  #now(): number {
    const now = this.#parts.clock();
    const behindMicros = this.#lastMicros - now;
    if (behindMicros <= 0) {
      this.#skewed = false;
      return now;
    }
    if (behindMicros >= SKEW_MICROS && !this.#skewed && !this.#accepted.closed) {
      this.#skewed = true;
      this.#note({ type: 'clock.skew', behindMicros });
    }
    return this.#lastMicros;
  }

  #assertTaking(records: readonly LogRecord[]): void {
    if (this.#closing !== undefined) throw new LogError('ERR_LOG_CLOSED', 'the log is closed');
    if (this.#state.state === 'failed' && !(this.#full && areEndings(records))) {
      throw new LogError('ERR_LOG_FAILED', `the log has failed: ${this.#state.problem}`);
    }
    if (records.length === 0) throw new LogError('ERR_LOG_RECORD', 'no records to append');
  }

  /** Stops in time, while there is room for the endings of what is under way. */
  #assertRoom(encoded: readonly EncodedRecord[], records: readonly LogRecord[]): void {
    const { spare, writer } = this.#parts;
    if (spare.problem === undefined || areEndings(records)) return;
    if (writer.room - this.#queue.bytes - batchBytes(encoded) >= this.#settings.reserveBytes) return;
    this.#full = true;
    const problem = `no room for a next segment: ${spare.problem.message}`;
    this.#note({ type: 'audit.stopped', problem: 'disk-full' });
    this.#setState({ state: 'failed', problem });
    throw new LogError('ERR_LOG_FAILED', `the log has failed: ${problem}`, { cause: spare.problem });
  }

  /** Appends a record of the log's own; a failure shows in the state. */
  #note(record: LogRecord): void {
    this.#accept([record]).catch(() => undefined);
  }

  async #obtainKey(scope: KeyScope): Promise<DataKey> {
    try {
      return await this.#parts.keys.obtain(scope, formatMicros(this.#parts.clock()));
    } catch (error) {
      this.#fail(`the key table can't be written: ${(error as Error).message}`);
      throw new LogError('ERR_LOG_FAILED', "the key table can't be written", { cause: error });
    }
  }

  async #beat(): Promise<void> {
    if (this.#state.state === 'failed') return;
    const silentMicros = this.#parts.clock() - this.#lastMicros;
    // A clock that was set back tells nothing of the silence.
    if (silentMicros >= 0 && silentMicros < this.#settings.heartbeatMs * 1_000) return;
    const { state } = this.#state;
    this.#note({ type: 'heartbeat', state, freeBytes: this.#freeBytes, uptimeSeconds: Math.floor(process.uptime()) });
  }

  async #checkSpace(): Promise<void> {
    if (this.#state.state === 'failed') return;
    const { dir, spare } = this.#parts;
    const space = await measureSpace(dir, this.#settings.lowSpacePercent);
    this.#freeBytes = space.freeBytes;
    spare.prepare();
    const low = space.freeBytes < space.thresholdBytes || spare.problem !== undefined;
    if (this.#isFailed() || low === (this.#state.state === 'low-space')) return;
    this.#setState(low ? { state: 'low-space', freeBytes: space.freeBytes } : { state: 'open' });
    this.#note({ type: 'audit.warn', problem: low ? 'low-space' : 'space-again', ...space });
  }

  #isFailed(): boolean {
    return this.#state.state === 'failed';
  }

  #fail(problem: string): void {
    this.#full = false;
    this.#setState({ state: 'failed', problem });
  }

  #setState(state: LogState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  #every(milliseconds: number, work: () => Promise<void>): void {
    const timer = setInterval(() => {
      work().catch((error: Error) => this.#fail(error.message));
    }, milliseconds);
    this.#timers.push(timer.unref());
  }
}

function areEndings(records: readonly LogRecord[]): boolean {
  return records.every(({ type }) => ENDINGS.has(type));
}
