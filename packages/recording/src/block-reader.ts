// SPDX-License-Identifier: Apache-2.0
import {
  BLOCK_HEAD_BYTES,
  BLOCK_TYPES,
  type BlockHead,
  type BlockType,
  isRightBlock,
  MAX_WRITE_BYTES,
  readBlockHead,
} from './block.ts';
import { chunkNumber } from './chunk.ts';
import { decodeEnd, type EndPayload } from './commitment.ts';
import { parseHeader, type RecordingHeader } from './header.ts';
import type { Crc32 } from './recording-crypto.ts';
import { RecordingError } from './recording-error.ts';
import { isTornTail } from './torn-tail.ts';

const WINDOW_BYTES = 65_536;

/** The bytes of a recording, wherever they lie. */
export interface RecordingSource {
  /** At most `length` bytes from `offset`; fewer only where the recording ends at this moment. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** One in which the end can be found without reading everything. */
export interface SizedSource extends RecordingSource {
  /** How long the recording is at this moment, in bytes. */
  length(): Promise<number>;
}

export interface Block {
  readonly type: BlockType;
  /** Number of the chunk; of the end, how many chunks there are. */
  readonly number: number;
  readonly offset: number;
  /** The whole block; a view. */
  readonly bytes: Uint8Array;
  readonly payload: Uint8Array;
}

/**
 * Reads blocks front to back, from the header or from a chunk whose place is known. Holds one block, or 64 KiB; at what
 * is no right block, what one write can be. At the end of what is there it can be asked again: the recording may have grown.
 */
export class BlockReader {
  readonly #source: RecordingSource;
  readonly #crc32: Crc32;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #offset: number;
  #number: number;
  #isEnded = false;
  #tornBytes = 0;

  constructor(source: RecordingSource, crc32: Crc32, start: { readonly offset: number; readonly chunk: number }) {
    this.#source = source;
    this.#crc32 = crc32;
    this.#offset = start.offset;
    this.#number = start.chunk;
  }

  /** Whether the end has been read. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Bytes at the end of what is there that are part of a block: its write was cut short, or is on its way. */
  get tornBytes(): number {
    return this.#tornBytes;
  }

  /**
   * The next block, or undefined at the end of what is there.
   * @throws RecordingError `ERR_RECORDING_DAMAGED`
   */
  async next(): Promise<Block | undefined> {
    const head = await this.#view(BLOCK_HEAD_BYTES);
    if (this.#isEnded && head.length > 0) throw this.#damaged('bytes after the end');
    const known = readBlockHead(head);
    const bytes = known === undefined ? head : await this.#view(known.bytes);
    if (bytes.length < (known?.bytes ?? BLOCK_HEAD_BYTES)) return await this.#atEnd('a block breaks off', bytes.length);
    if (known === undefined) return await this.#atEnd('no block begins here');
    if (!isRightBlock(bytes, this.#crc32)) return await this.#atEnd('the block does not match its CRC');
    return this.#take(known, bytes);
  }

  #take({ type }: BlockHead, bytes: Uint8Array): Block {
    const payload = bytes.subarray(BLOCK_HEAD_BYTES);
    if ((type === 'header') !== (this.#number === 0)) throw this.#damaged(`a block of type ${type} out of place`);
    if (type === 'chunk' && chunkNumber(payload) !== this.#number) {
      throw this.#damaged(`the chunk says that it is number ${chunkNumber(payload)}`);
    }
    const block = { type, number: this.#number, offset: this.#offset, bytes, payload };
    this.#offset += bytes.length;
    this.#tornBytes = 0;
    if (type === 'end') this.#isEnded = true;
    else this.#number += 1;
    return block;
  }

  /** `seen`: how much was there, where that was all there was. */
  async #atEnd(problem: string, seen = Infinity): Promise<Block | undefined> {
    this.#window = new Uint8Array(0);
    const tail = await this.#view(MAX_WRITE_BYTES + 1);
    // It was on its way: what has come of it since is not to be judged as the rest of a write that a crash cut short.
    if (tail.length > seen) return await this.next();
    if (!isTornTail(tail, this.#offset, this.#crc32)) throw this.#damaged(problem);
    this.#window = new Uint8Array(0);
    this.#tornBytes = tail.length;
    return undefined;
  }

  /** At most `length` bytes from where the next block begins. */
  async #view(length: number): Promise<Uint8Array> {
    const from = this.#offset - this.#windowStart;
    if (from < 0 || from + length > this.#window.length) {
      this.#window = await this.#source.read(this.#offset, Math.max(length, WINDOW_BYTES));
      this.#windowStart = this.#offset;
      return this.#window.subarray(0, length);
    }
    return this.#window.subarray(from, from + length);
  }

  #damaged(problem: string): RecordingError {
    const place = { offset: this.#offset, chunk: this.#number };
    return new RecordingError('ERR_RECORDING_DAMAGED', problem, { place });
  }
}

/** @throws RecordingError `ERR_RECORDING_DAMAGED` */
export function headerOf({ payload }: Block): RecordingHeader {
  const header = parseHeader(payload);
  if (header !== undefined) return header;
  throw new RecordingError('ERR_RECORDING_DAMAGED', 'the header is not valid', { place: { offset: 0, chunk: 0 } });
}

/** What the end of a recording says, found from behind and not checked; undefined where there is no end. */
export async function findEnd(source: SizedSource, crc32: Crc32): Promise<EndPayload | undefined> {
  const bytes = BLOCK_HEAD_BYTES + BLOCK_TYPES.end.maxBytes;
  const block = await source.read(Math.max(0, (await source.length()) - bytes), bytes);
  const isEnd = readBlockHead(block)?.type === 'end' && block.length === bytes && isRightBlock(block, crc32);
  return isEnd ? decodeEnd(block.subarray(BLOCK_HEAD_BYTES)) : undefined;
}
