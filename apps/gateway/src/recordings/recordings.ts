// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type RecordingFacts, RecordingWriter } from '@countersign/recording';
import { formatMicros } from '../log/clock.ts';
import { syncDirectory } from '../log/durable-file.ts';
import type { DataKey, KeyScope } from '../log/key-table.ts';
import type { Log } from '../log/log.ts';
import { measureSpace } from '../log/space.ts';
import type { OpenRecordingRecord } from '../log/unfinished.ts';
import { AppendFile } from './append-file.ts';
import { recordingCrypto } from './node-recording-crypto.ts';
import { OpenRecording, type RecordingIds } from './open-recording.ts';
import { recordingPath } from './recording-place.ts';
import { RecordingsError } from './recordings-error.ts';
import { NOTHING_RECORDED, recoverRecording } from './recover-recording.ts';
import { replayJournal } from './replay-journal.ts';
import { SharedCommits } from './shared-commits.ts';
import { unlessStalled } from './unless-stalled.ts';
import { WaitingRoom } from './waiting-room.ts';
import { WriteBuffers } from './write-buffers.ts';

/** A stream that is to be recorded. */
export interface RecordedStream extends RecordingIds {
  readonly facts: RecordingFacts;
}

/** What recordings take of the log: its records, and the keys that lie beside it. */
export interface RecordingsLog extends Pick<Log, 'append' | 'onState' | 'state'> {
  keyOf(scope: KeyScope): Promise<DataKey>;
  /** Those that an earlier process left without an end. */
  readonly openRecordings: readonly OpenRecordingRecord[];
}

export interface RecordingsOptions {
  /**
   * Directory of recordings, beside the log directory; made when missing, with access for the owner alone. Beside it
   * is their journal, `<dir>.journal`.
   */
  readonly dir: string;
  readonly log: RecordingsLog;
  /** Wall time in microseconds. */
  readonly clock: () => number;
  /** Milliseconds on a clock that never goes back. */
  readonly monotonic: () => number;
  /** How often the log hears what is durable of the recordings that are under way: 5 s by default. */
  readonly progressMs?: number;
  /** After how long a disk that does not answer counts as failed: 10 s by default. */
  readonly stallMs?: number;
  /** Share of the volume, in percent, that recordings leave free: 0 by default. */
  readonly keepFreePercent?: number;
  /** How often is looked whether that is free while something is recorded: 1 s by default. */
  readonly spaceCheckMs?: number;
  /** At which length the journal is emptied: 32 MiB by default. */
  readonly journalBytes?: number;
}

const SALT_BYTES = 32;
const DEFAULTS = {
  progressMs: 5_000,
  stallMs: 10_000,
  keepFreePercent: 0,
  spaceCheckMs: 1_000,
  journalBytes: 33_554_432,
};

/** Without a log nothing may flow, however well it could be recorded. */
const logFailed = () => new RecordingsError('ERR_RECORDINGS_FAILED', 'the log of the recording has failed');

/** The recordings of streams: a file for each, beside the log, which has their start, their progress and their end. */
export class Recordings {
  readonly #options: Required<RecordingsOptions>;
  readonly #commits: SharedCommits;
  readonly #room = new WaitingRoom();
  readonly #buffers = new WriteBuffers();
  readonly #open = new Set<OpenRecording>();
  readonly #prefixes = new Map<string, Promise<void>>();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #stopListening: () => void;

  private constructor(options: Required<RecordingsOptions>, commits: SharedCommits) {
    this.#options = options;
    this.#commits = commits;
    this.#timers = [
      setInterval(() => void this.reportProgress(), options.progressMs).unref(),
      setInterval(() => void this.#checkRoom(), options.spaceCheckMs).unref(),
    ];
    this.#stopListening = options.log.onState((state) => {
      if (state.state === 'failed') this.#failAll(logFailed());
    });
  }

  /**
   * Ends what a crash left unended, in its files and on record, before anything new is recorded.
   * @throws LogError
   */
  static async open(options: RecordingsOptions): Promise<Recordings> {
    const { dir, log } = options;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await syncDirectory(dirname(dir));
    const journal = `${dir}.journal`;
    await replayJournal(journal, dir);
    for (const unended of log.openRecordings) await log.append([await recoverRecording(dir, unended)]);
    const complete = { ...DEFAULTS, ...options };
    return new Recordings(complete, await SharedCommits.open(journal, complete.journalBytes));
  }

  /**
   * Begins a recording: its start is on record and its file is durable when it resolves.
   * @throws RecordingsError, LogError: the stream MUST NOT begin
   */
  async open({ exchange, session, stream, facts }: RecordedStream): Promise<OpenRecording> {
    const { dir, log, clock, monotonic, stallMs } = this.#options;
    await this.assertReady();
    const ids = { exchange, session, stream };
    const { id, key } = await log.keyOf(`session ${session}`);
    const header = {
      ...ids,
      recording: stream,
      key: id,
      started: formatMicros(clock()),
      salt: randomBytes(SALT_BYTES),
    };
    const writer = new RecordingWriter({ crypto: recordingCrypto, header, key, facts });
    const digest = Buffer.from(recordingCrypto.hash.sha256(writer.head)).toString('hex');
    await log.append([{ type: 'recording.start', ...ids, key: id, header: digest }]);
    const file = await this.#begin(ids, writer.head);
    const recording: OpenRecording = new OpenRecording({
      ids,
      writer,
      file: { stream, file },
      commits: this.#commits,
      room: this.#room,
      buffers: this.#buffers,
      monotonic,
      stallMs,
      record: (records) => log.append(records),
      remove: () => rm(recordingPath(dir, stream)),
      onClosed: () => this.#open.delete(recording),
    });
    this.#open.add(recording);
    if (log.state.state === 'failed') this.#failAll(logFailed());
    return recording;
  }

  /** @throws RecordingsError as long as nothing can be recorded, as far as is known */
  async assertReady(): Promise<void> {
    const reason = this.#commits.failure ?? (await unlessStalled(this.#noRoom(), this.#options.stallMs));
    if (reason !== undefined) throw reason;
  }

  /** Tells the log what is durable of the recordings that are under way. */
  async reportProgress(): Promise<void> {
    // One that can't be settled says so by its end.
    await Promise.allSettled([...this.#open].map((recording) => recording.settle()));
    const records = [...this.#open].flatMap((recording) => recording.progress() ?? []);
    // What the log can't take now, the end says; that the log has failed shows elsewhere.
    if (records.length > 0) await this.#options.log.append(records).catch(() => undefined);
  }

  /** Ends what is still under way as cut by the shutdown. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#stopListening();
    // What can't be put on record now, the next start recovers; none keeps the others from their end.
    await Promise.allSettled([...this.#open].map((recording) => recording.close({ end: 'cut', reason: 'shutdown' })));
    await this.#commits.end();
  }

  /** The file with its head; where it can't be made, the recording ends as it began. */
  async #begin(ids: RecordingIds, head: Uint8Array): Promise<AppendFile> {
    const making = this.#createFile(ids.stream, head);
    try {
      return await unlessStalled(making, this.#options.stallMs);
    } catch (cause) {
      // It may still come, and nobody writes to it then.
      void making.then((late) => late.close()).catch(() => undefined);
      const isStalled = cause instanceof RecordingsError && cause.code === 'ERR_RECORDINGS_STALLED';
      const reason = isStalled ? cause.code : 'ERR_RECORDINGS_FAILED';
      await this.#options.log.append([{ type: 'recording.end', ...ids, ...NOTHING_RECORDED, end: 'cut', reason }]);
      throw new RecordingsError(reason, `a recording can't be begun: ${(cause as Error).message}`, { cause });
    }
  }

  #failAll(error: RecordingsError): void {
    for (const recording of this.#open) recording.fail(error);
  }

  /** Why nothing more may be recorded, for want of space. */
  async #noRoom(): Promise<RecordingsError | undefined> {
    const { dir, keepFreePercent } = this.#options;
    const { freeBytes, thresholdBytes } = await measureSpace(dir, keepFreePercent);
    if (freeBytes >= thresholdBytes) return undefined;
    const message = `${keepFreePercent} % of the volume of ${dir} are kept free for the log`;
    return new RecordingsError('ERR_RECORDINGS_NO_ROOM', message);
  }

  /** Cuts what goes on before the volume is so full that the log can't be written. */
  async #checkRoom(): Promise<void> {
    if (this.#open.size === 0) return;
    // A volume that doesn't even say how full it is fails what is written to it.
    const noRoom = await this.#noRoom().catch(() => undefined);
    if (noRoom !== undefined) this.#failAll(noRoom);
  }

  async #createFile(stream: string, head: Uint8Array): Promise<AppendFile> {
    const path = recordingPath(this.#options.dir, stream);
    await this.#makeDirectory(dirname(path));
    const file = await AppendFile.create(path);
    try {
      await file.append(head);
      await syncDirectory(dirname(path));
    } catch (error) {
      await file.close();
      throw error;
    }
    return file;
  }

  /** One of 256; durable when it resolves. */
  async #makeDirectory(path: string): Promise<void> {
    const making = this.#prefixes.get(path) ?? makeDurably(path);
    this.#prefixes.set(path, making);
    await making.catch((error) => {
      this.#prefixes.delete(path);
      throw error;
    });
  }
}

async function makeDurably(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await syncDirectory(dirname(path));
}
