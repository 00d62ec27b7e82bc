// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import {
  ENOUGH_TO_WRITE_BYTES,
  MAX_BLOCK_BYTES,
  type RecordingCommitment,
  RecordingError,
  type RecordingWriter,
  type SealedChunk,
  type StreamFrame,
} from '@countersign/recording';
import { RecordingsError } from './recordings-error.ts';
import { NOTHING_RECORDED } from './recover-recording.ts';
import type { CommittedFile, SharedCommits } from './shared-commits.ts';
import { unlessStalled } from './unless-stalled.ts';
import type { WaitingRoom } from './waiting-room.ts';
import type { WriteBuffers } from './write-buffers.ts';

/** How a stream ended: what its recording, and the record of that, say. */
export interface RecordingEnding {
  readonly end: 'complete' | 'cut';
  /** Why it was cut; a word of a closed list, as in records. */
  readonly reason?: string;
  readonly exitCode?: number;
}

/** Which recording it is, as in records. */
export interface RecordingIds {
  readonly exchange: string;
  readonly session: string;
  readonly stream: string;
}

export interface OpenRecordingParts {
  readonly ids: RecordingIds;
  readonly writer: RecordingWriter;
  /** Holds the writer's head, durable. */
  readonly file: CommittedFile;
  /** Shared by all recordings. */
  readonly commits: SharedCommits;
  /** Shared by all recordings, too. */
  readonly room: WaitingRoom;
  /** And these. */
  readonly buffers: WriteBuffers;
  /** Milliseconds on a clock that never goes back. */
  readonly monotonic: () => number;
  /** After how long a write is given up. */
  readonly stallMs: number;
  readonly record: (records: readonly LogRecord[]) => Promise<unknown>;
  /** Takes the file away. */
  readonly remove: () => Promise<void>;
  /** Called once, when the end is on record, or could not be put there. */
  readonly onClosed: () => void;
}

interface Waiting {
  /** How many frames must be durable. */
  readonly frames: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface Sealed {
  readonly blocks: Uint8Array;
  readonly last: SealedChunk;
  /** Once the system has done with the blocks. */
  readonly giveBack: () => void;
}

/** What fits in one chunk, whatever it is, and gets a buffer of its length: a key, a line. */
const SMALL_BYTES = 16_384;

/**
 * The recording of a stream that is under way. What is written while chunks are on their way to the disk makes the next
 * ones: no timer, and the slower the disk, the more goes to it at a time. After a failure nothing more is taken.
 */
export class OpenRecording {
  readonly #parts: OpenRecordingParts;
  readonly #begunMs: number;
  #waiting: Waiting[] = [];
  #durable: RecordingCommitment;
  #settled: RecordingCommitment | undefined;
  #reported = 1;
  #isWritten = false;
  #failure: RecordingsError | undefined;
  #running: Promise<void> | undefined;
  #closing: Promise<RecordingCommitment> | undefined;

  constructor(parts: OpenRecordingParts) {
    this.#parts = parts;
    this.#begunMs = parts.monotonic();
    this.#durable = parts.writer.commitment;
  }

  /** How much of what is written may wait, with that of all other recordings. */
  get room(): WaitingRoom {
    return this.#parts.room;
  }

  /**
   * Resolves when the frame is durable: it MUST NOT be passed on before, nor when it rejects, and its bytes MUST stay as
   * they are until then. Whoever writes MUST wait for that before it reads more of what it records, which is what keeps
   * memory bounded.
   * @throws RecordingsError by the promise: the stream is to be cut
   */
  write(frame: StreamFrame): Promise<void> {
    if (this.#closing !== undefined) {
      return Promise.reject(new RecordingsError('ERR_RECORDINGS_CLOSED', 'the recording has its end'));
    }
    return this.#write(frame);
  }

  /**
   * Ends the recording, in its file and on record. Resolves with what the log says of it, also when the disk has failed:
   * then it ends with what was durable.
   * @throws LogError by the promise
   */
  close(ending: RecordingEnding): Promise<RecordingCommitment> {
    this.#closing ??= this.#close(ending);
    return this.#closing;
  }

  /**
   * Takes back a recording of what never began: its file goes, and its end on record says that nothing is recorded. One that
   * something was written to is cut instead; one that has its end, or is given it, has that.
   * @throws LogError, RecordingsError by the promise
   */
  async discard(reason: string): Promise<void> {
    this.#closing ??= this.#isWritten ? this.#close({ end: 'cut', reason }) : this.#discard(reason);
    await this.#closing;
  }

  /** Sees to it that the recording's own file has what `progress` will tell. */
  async settle(): Promise<void> {
    const durable = this.#durable;
    if (this.#closing !== undefined || durable.chunks === this.#reported) return;
    await unlessStalled(this.#parts.commits.settle(this.#parts.file), this.#parts.stallMs);
    this.#settled = durable;
  }

  /** What is settled and not on record yet; undefined when there is nothing new. */
  progress(): LogRecord | undefined {
    const settled = this.#settled;
    if (this.#closing !== undefined || settled === undefined || settled.chunks === this.#reported) return undefined;
    this.#reported = settled.chunks;
    return { type: 'recording.progress', ...this.#parts.ids, ...recorded(settled) };
  }

  /** Takes nothing more, and rejects what waits: because of something outside. */
  fail(error: RecordingsError): void {
    this.#failure ??= error;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(error);
  }

  async #write(frame: StreamFrame): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#isWritten = true;
    const { writer, monotonic } = this.#parts;
    const frames = writer.add(frame, (monotonic() - this.#begunMs) * 1_000);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ frames, resolve, reject });
    this.#running ??= this.#run();
    await promise;
  }

  async #run(): Promise<void> {
    const { commits, file, stallMs } = this.#parts;
    // What is written in this turn of the event loop goes into one chunk.
    await Promise.resolve();
    try {
      for (let sealed = this.#seal(); sealed !== undefined; sealed = this.#seal()) {
        const appended = commits.append(file, sealed.blocks).finally(sealed.giveBack);
        await unlessStalled(appended, stallMs);
        if (this.#failure !== undefined) break;
        this.#durable = sealed.last.commitment;
        this.#release(sealed.last.frames);
      }
    } catch (error) {
      this.fail(error as RecordingsError);
    }
    this.#running = undefined;
  }

  /** The chunks of what waits, up to a length that is worth one sync; undefined when nothing waits. */
  #seal(): Sealed | undefined {
    const { writer, buffers } = this.#parts;
    if (writer.waitingBytes <= SMALL_BYTES) {
      const only = writer.seal();
      return only && { blocks: only.block, last: only, giveBack: () => {} };
    }
    const buffer = buffers.take(writer.waitingBytes);
    const giveBack = () => buffers.giveBack(buffer);
    let bytes = 0;
    let last: SealedChunk | undefined;
    while (bytes < ENOUGH_TO_WRITE_BYTES && buffer.length - bytes >= MAX_BLOCK_BYTES) {
      const chunk = writer.seal(buffer.subarray(bytes));
      if (chunk === undefined) break;
      bytes += chunk.block.length;
      last = chunk;
    }
    return last && { blocks: buffer.subarray(0, bytes), last, giveBack };
  }

  #release(frames: number): void {
    const count = this.#waiting.findIndex((waiting) => waiting.frames > frames);
    const durable = this.#waiting.splice(0, count < 0 ? this.#waiting.length : count);
    for (const { resolve } of durable) resolve();
  }

  async #close(ending: RecordingEnding): Promise<RecordingCommitment> {
    const { ids, record, onClosed } = this.#parts;
    try {
      const problem = await this.#finish(ending);
      const end = problem === undefined ? endOf(ending) : ({ end: 'cut', reason: problem } as const);
      await record([{ type: 'recording.end', ...ids, ...recorded(this.#durable), ...end }]);
      return this.#durable;
    } finally {
      onClosed();
    }
  }

  async #discard(reason: string): Promise<RecordingCommitment> {
    const { ids, record, stallMs, onClosed } = this.#parts;
    try {
      // Before its record: of a file without one the next start says the same. One that stays is no more than that.
      await unlessStalled(this.#removeFile(), stallMs).catch(() => undefined);
      await record([{ type: 'recording.end', ...ids, ...NOTHING_RECORDED, end: 'cut', reason }]);
      return this.#durable;
    } finally {
      onClosed();
    }
  }

  async #removeFile(): Promise<void> {
    const { remove, file } = this.#parts;
    try {
      await remove();
    } finally {
      await file.file.close();
    }
  }

  /** Brings the file to its end; gives the code of what kept it from that. */
  async #finish(ending: RecordingEnding): Promise<string | undefined> {
    const { file, commits, writer, stallMs } = this.#parts;
    try {
      await this.#write({ channel: 'end', ...ending });
      await this.#running;
      if (this.#failure !== undefined) throw this.#failure;
      const ended = file.file.write(writer.end()).then(() => commits.close(file));
      await unlessStalled(ended, stallMs);
      return undefined;
    } catch (error) {
      if (!(error instanceof RecordingsError || error instanceof RecordingError)) throw error;
      // NOTE: a stalled disk may still hold the file, and closing waits for that.
      void commits.close(file).catch(() => undefined);
      return error.code;
    }
  }
}

function endOf({ end, reason }: RecordingEnding) {
  return reason === undefined ? { end } : { end, reason };
}

function recorded({ chunks, bytes, root }: RecordingCommitment) {
  return { chunks, bytes, root: Buffer.from(root).toString('hex') };
}
