// SPDX-License-Identifier: Apache-2.0
import type { Crc32 } from '@countersign/recording';
import type { LogDirectory } from './log-directory.ts';
import { LogFaultError } from './log-fault.ts';
import { decodeFrame, FRAME_HEADER_BYTES, FRAME_TYPES, type Frame, type FrameType, firstNonZero } from './wal-frame.ts';

const CHUNK_BYTES = 1_048_576;
const FRAME_NAMES = Object.keys(FRAME_TYPES) as FrameType[];
/** A batch is held whole; writers stay far below. */
const MAX_BATCH_BYTES = 64 * 1_048_576;

export interface BatchEntry {
  readonly index: number;
  /** Offset of its frame in the segment. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Payload of the sealed frame after it. */
  readonly sealed?: Uint8Array;
}

/** Entries that became durable together, with the checkpoint over the log up to them. */
export interface Batch {
  readonly entries: readonly BatchEntry[];
  /** The signed note, as it stands. */
  readonly checkpoint: Uint8Array;
  /** Offset of the checkpoint's frame in the segment. */
  readonly checkpointOffset: number;
}

/**
 * Reads one segment front to back: its header, then batch by batch, then its padding. Holds one batch and 1 MiB.
 * Nothing of a batch is given out before its checkpoint frame has been read and every CRC has matched.
 * @see docs/reference/log-format.md Segments
 */
export class SegmentReader {
  readonly #directory: LogDirectory;
  readonly #path: string;
  readonly #bytes: number;
  readonly #crc32: Crc32;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #offset = 0;

  constructor(directory: LogDirectory, segment: { readonly path: string; readonly bytes: number }, crc32: Crc32) {
    this.#directory = directory;
    this.#path = segment.path;
    this.#bytes = segment.bytes;
    this.#crc32 = crc32;
  }

  /**
   * The payload of the header frame; to be read first. `index` is the index of the segment's first entry.
   * @throws LogFaultError
   */
  async header(index: number): Promise<Uint8Array> {
    const frame = await this.#frame(0, index);
    if (frame?.type !== 'header') throw this.#fault(0, index, 'the segment does not begin with its header');
    this.#offset = frame.end;
    return frame.payload;
  }

  /**
   * The next batch, or undefined at the padding, all of which has been read. After a throw the same batch may be asked
   * for again: it is then read anew.
   * @throws LogFaultError
   */
  async nextBatch(index: number): Promise<Batch | undefined> {
    const entries: BatchEntry[] = [];
    const start = this.#offset;
    let at = start;
    for (;;) {
      const next = index + entries.length;
      const frame = await this.#frame(at, next);
      if (frame === undefined && at === start) return await this.#padding(index);
      if (frame === undefined) throw this.#fault(at, next - 1, 'a batch ends without its checkpoint');
      if (frame.type === 'checkpoint' && entries.length > 0) {
        this.#offset = frame.end;
        return { entries, checkpoint: frame.payload, checkpointOffset: at };
      }
      this.#take(frame, at, next, entries);
      at = frame.end;
      if (at - start > MAX_BATCH_BYTES) throw this.#fault(start, index, `a batch is over ${MAX_BATCH_BYTES} bytes`);
    }
  }

  /** Forgets what was read ahead, so that it is read again. */
  forget(): void {
    this.#window = new Uint8Array(0);
  }

  #take(frame: Frame, at: number, index: number, entries: BatchEntry[]): void {
    if (frame.type === 'entry') {
      entries.push({ index, offset: at, bytes: frame.payload });
      return;
    }
    const last = entries.pop();
    if (frame.type !== 'sealed' || last === undefined || last.sealed !== undefined) {
      throw this.#fault(at, Math.max(0, index - 1), `a frame of type ${frame.type} where it does not belong`);
    }
    entries.push({ ...last, sealed: frame.payload });
  }

  async #padding(index: number): Promise<undefined> {
    for (let at = this.#offset; at < this.#bytes; at += CHUNK_BYTES) {
      const chunk = await this.#view(at, Math.min(CHUNK_BYTES, this.#bytes - at));
      const bad = firstNonZero(chunk, 0);
      if (bad !== undefined) {
        const found = `0x${(chunk[bad] ?? 0).toString(16).padStart(2, '0')}`;
        throw this.#fault(at + bad, Math.max(0, index - 1), 'a byte of the padding after the entry is not zero', {
          expected: '0x00',
          found,
        });
      }
    }
    return undefined;
  }

  /** The frame at `at`, or undefined where a zero type begins the padding. */
  async #frame(at: number, index: number): Promise<Frame | undefined> {
    const head = await this.#view(at, FRAME_HEADER_BYTES);
    if (head.length < FRAME_HEADER_BYTES || head[4] === 0) return undefined;
    const length = uint32(head, 0);
    const type = FRAME_NAMES.find((name) => FRAME_TYPES[name].code === head[4]);
    if (type === undefined) throw this.#fault(at, index, `a frame of the unknown type ${head[4]}`);
    // A sealed frame and a checkpoint belong to the entry before them.
    const entry = type === 'entry' || index === 0 ? index : index - 1;
    const end = at + FRAME_HEADER_BYTES + length;
    const longest = Math.min(FRAME_TYPES[type].maxBytes, this.#bytes - at - FRAME_HEADER_BYTES);
    if (length > longest) {
      const values = { expected: `at most ${longest} bytes`, found: `${length} bytes` };
      throw this.#fault(at, entry, `the ${type} frame is longer than its type or its segment allows`, values);
    }
    const bytes = await this.#view(at, FRAME_HEADER_BYTES + length);
    try {
      const frame = decodeFrame(bytes, 0, this.#crc32);
      return frame === undefined ? undefined : { ...frame, end };
    } catch {
      const crc = this.#crc32(bytes.subarray(FRAME_HEADER_BYTES), this.#crc32(bytes.subarray(0, 5)));
      const values = { expected: hex32(uint32(bytes, 5)), found: hex32(crc) };
      throw this.#fault(at, entry, `the ${type} frame does not match its CRC`, values);
    }
  }

  /** The bytes from `at` on; fewer than `length` only where the segment ends. Stays valid when the window moves on. */
  async #view(at: number, length: number): Promise<Uint8Array> {
    const wanted = Math.min(length, this.#bytes - at);
    const from = at - this.#windowStart;
    if (from >= 0 && from + wanted <= this.#window.length) return this.#window.subarray(from, from + wanted);
    const read = Math.min(Math.max(wanted, CHUNK_BYTES), this.#bytes - at);
    const bytes = await this.#directory.read(this.#path, at, read);
    if (bytes === undefined || bytes.length < wanted) {
      throw this.#fault(at, undefined, 'the segment ends before its length', {
        expected: `${this.#bytes} bytes`,
        found: `${at + (bytes?.length ?? 0)} bytes`,
      });
    }
    this.#window = bytes;
    this.#windowStart = at;
    return this.#window.subarray(0, wanted);
  }

  #fault(
    offset: number,
    entry: number | undefined,
    problem: string,
    values: { readonly expected?: string; readonly found?: string } = {},
  ): LogFaultError {
    return new LogFaultError({
      file: this.#path,
      offset,
      ...(entry === undefined ? {} : { entry }),
      problem,
      ...values,
    });
  }
}

function uint32(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset);
}

function hex32(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
