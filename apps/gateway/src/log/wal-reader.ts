// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { decodeFrame, FRAME_HEADER_BYTES, FRAME_TYPES, type Frame, segmentName } from '@countersign/evidence';
import { LogError } from './log-error.ts';
import { listSegments } from './wal-recovery.ts';

const CHUNK_BYTES = 1_048_576;

/**
 * Reads the entries of the log in order, as far as they are durable. Holds one chunk of 1 MiB, or of the longest frame.
 * MUST NOT be asked for more entries than are durable.
 */
export class WalReader {
  readonly #walDir: string;
  #file: FileHandle | undefined;
  /** Index of the next entry. */
  #index: number;
  #chunk: Uint8Array = new Uint8Array(0);
  #chunkStart = 0;
  /** Offset of the next frame in the segment. */
  #offset = 0;

  private constructor(walDir: string, index: number) {
    this.#walDir = walDir;
    this.#index = index;
  }

  /** A reader whose next entry is the one at `index`, which exists. */
  static async at(walDir: string, index: number): Promise<WalReader> {
    const firsts = await listSegments(walDir);
    const first = firsts.findLast((candidate) => candidate <= index) ?? 0;
    const reader = new WalReader(walDir, first);
    while (reader.#index < index) await reader.next();
    return reader;
  }

  async next(): Promise<Uint8Array> {
    for (;;) {
      const frame = this.#heldFrame() ?? (await this.#nextFrame());
      if (frame === undefined) {
        await this.#openNext();
        continue;
      }
      this.#offset = frame.end;
      if (frame.type !== 'entry') continue;
      this.#index += 1;
      return frame.payload;
    }
  }

  /** Forgets what was read ahead: what was zero then may be written by now. */
  refresh(): void {
    this.#chunk = new Uint8Array(0);
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #openNext(): Promise<void> {
    await this.close();
    this.#file = await open(join(this.#walDir, segmentName(this.#index)), 'r');
    this.#offset = 0;
    this.#chunk = new Uint8Array(0);
    this.#chunkStart = 0;
  }

  /** The next frame where all of it has been read: of the frames in a chunk, only the first is waited for. */
  #heldFrame(): Frame | undefined {
    const head = this.#held(FRAME_HEADER_BYTES);
    if (head === undefined || head[4] === 0) return undefined;
    const whole = this.#held(this.#frameBytes(head));
    return whole && this.#decoded(whole);
  }

  async #nextFrame(): Promise<Frame | undefined> {
    if (this.#file === undefined) return undefined;
    const head = await this.#bytes(FRAME_HEADER_BYTES);
    if (head === undefined || head[4] === 0) return undefined;
    const whole = await this.#bytes(this.#frameBytes(head));
    if (whole === undefined) throw this.#damaged();
    return this.#decoded(whole);
  }

  #frameBytes(head: Uint8Array): number {
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
    if (length > FRAME_TYPES.header.maxBytes) throw this.#damaged();
    return FRAME_HEADER_BYTES + length;
  }

  #decoded(whole: Uint8Array): Frame {
    try {
      const frame = decodeFrame(whole, 0, crc32) as Frame;
      return { ...frame, end: this.#offset + frame.end };
    } catch (cause) {
      throw this.#damaged(cause);
    }
  }

  /** `length` bytes from the present offset, if they have been read. */
  #held(length: number): Uint8Array | undefined {
    const at = this.#offset - this.#chunkStart;
    return at + length <= this.#chunk.length ? this.#chunk.subarray(at, at + length) : undefined;
  }

  /** The same, or undefined where the file ends before. */
  async #bytes(length: number): Promise<Uint8Array | undefined> {
    const held = this.#held(length);
    if (held !== undefined) return held;
    const chunk = new Uint8Array(Math.max(CHUNK_BYTES, length));
    const { bytesRead } = (await this.#file?.read(chunk, 0, chunk.length, this.#offset)) ?? { bytesRead: 0 };
    this.#chunk = chunk.subarray(0, bytesRead);
    this.#chunkStart = this.#offset;
    return length <= bytesRead ? this.#chunk.subarray(0, length) : undefined;
  }

  #damaged(cause?: unknown): LogError {
    return new LogError('ERR_LOG_DAMAGED', `the log can't be read at record ${this.#index}`, { cause });
  }
}
