// SPDX-License-Identifier: Apache-2.0
import { BLOCK_HEAD_BYTES, completeBlock, encodeBlock, MAX_CHUNK_BYTES } from './block.ts';
import { ByteWriter, varintBytes } from './bytes.ts';
import { CHUNK_OVERHEAD_BYTES, CHUNK_TEXT_AT, MAX_CHUNK_NUMBER, sealChunk } from './chunk.ts';
import { ChunkTree, encodeEnd, type RecordingCommitment } from './commitment.ts';
import { encodeFacts, type RecordingFacts } from './facts.ts';
import { encodeFrame, frameBytes, type RecordedFrame, type StreamFrame, splitFrame } from './frame.ts';
import { encodeHeader, type RecordingHeader } from './header.ts';
import { FACTS_CODE, INDEX_CODE } from './plaintext.ts';
import type { RecordingSealer } from './recording-crypto.ts';
import { RecordingError } from './recording-error.ts';
import { deriveKeys, type RecordingKeys } from './recording-keys.ts';
import { MAX_INDEX_BYTES, TimeIndex } from './time-index.ts';

export interface RecordingWriterOptions {
  readonly crypto: RecordingSealer;
  /** Its salt MUST be 32 bytes of a cryptographic source, made for this recording. */
  readonly header: Omit<RecordingHeader, 'check'>;
  /** The session's key: 32 bytes. */
  readonly key: Uint8Array;
  readonly facts: RecordingFacts;
}

/** A block, to be appended to the file; with others in one write, up to `ENOUGH_TO_WRITE_BYTES`. */
export interface SealedChunk {
  readonly block: Uint8Array;
  /** Frames that are in this block or in one before it, counted as `add` counts them. */
  readonly frames: number;
  /** The recording up to and with this block: for the log, once the block is durable. */
  readonly commitment: RecordingCommitment;
}

/** Something that waits to be sealed, and how long it is at most. */
type Waiting = { readonly bytes: number } & ({ readonly frame: RecordedFrame } | { readonly extra: Uint8Array });

/**
 * Makes the blocks of a recording: `head` first, then what `seal` gives, at last `end`. They MUST be written whole and in
 * this order, and be synced before anything in them is passed on, and before `end` is written; after a failed write none may
 * follow, and no writer ever goes on with a file that another began. Holds the frames that wait, at most 512 index entries and 32 hashes.
 * @see docs/reference/recording-format.md
 */
export class RecordingWriter {
  readonly head: Uint8Array;
  readonly #crypto: RecordingSealer;
  readonly #keys: RecordingKeys;
  readonly #headerDigest: Uint8Array;
  readonly #tree: ChunkTree;
  readonly #index = new TimeIndex();
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #added = 0;
  #sealed = 0;
  #lastAt = 0;
  #lastOffset = 0;
  #finished = false;

  /** @throws RecordingError `ERR_RECORDING_FRAME` when header or facts are not valid */
  constructor({ crypto, header, key, facts }: RecordingWriterOptions) {
    this.#crypto = crypto;
    this.#keys = deriveKeys(crypto, key, header.salt);
    this.head = encodeBlock('header', [encodeHeader({ ...header, check: this.#keys.check })], crypto.crc32);
    this.#headerDigest = crypto.hash.sha256(this.head);
    this.#tree = new ChunkTree(crypto.hash);
    this.#tree.append(this.head);
    this.#wait(extraItem(FACTS_CODE, encodeFacts(facts)));
  }

  /** Bytes that wait to be sealed, roughly. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** The recording up to the last block that was asked for. */
  get commitment(): RecordingCommitment {
    return this.#tree.commitment();
  }

  /**
   * Takes a frame in, `at` microseconds after the recording began; time never goes back. Its bytes MUST stay as they are
   * until they are sealed.
   * @returns how many frames were added so far; a long frame counts as several
   * @throws RecordingError `ERR_RECORDING_FRAME`, also after the end
   */
  add(frame: StreamFrame, at: number): number {
    if (this.#finished) throw new RecordingError('ERR_RECORDING_FRAME', 'a frame after the end');
    this.#lastAt = Math.max(this.#lastAt, Math.floor(at));
    for (const piece of splitFrame(frame)) {
      this.#wait({ frame: { ...piece, at: this.#lastAt }, bytes: frameBytes(piece, this.#lastAt) });
      this.#added += 1;
    }
    if (frame.channel === 'end') this.#finish();
    return this.#added;
  }

  /**
   * The next block, of as much as fits in one; undefined when nothing waits. It is written into the front of `room`, which
   * MUST have `MAX_BLOCK_BYTES` and stay as it is until the block is in its file; without one it gets a buffer of its own.
   * @throws RecordingError `ERR_RECORDING_FRAME` when there are as many chunks as a recording can have
   */
  seal(room?: Uint8Array): SealedChunk | undefined {
    if (this.#waiting.length === 0) return undefined;
    const number = this.#tree.chunks;
    if (number > MAX_CHUNK_NUMBER) throw new RecordingError('ERR_RECORDING_FRAME', 'the recording has too many chunks');
    const taken = this.#take();
    const block = withPlaintext(taken, room);
    const place = { number, headerDigest: this.#headerDigest };
    sealChunk(this.#crypto, this.#keys, place, block.subarray(BLOCK_HEAD_BYTES));
    completeBlock('chunk', block, this.#crypto.crc32);
    this.#lastOffset = this.#tree.bytes;
    this.#index.add({ at: baseOf(taken), chunk: number, offset: this.#lastOffset });
    this.#tree.append(block);
    return { block, frames: this.#sealed, commitment: this.commitment };
  }

  /** The last block, once everything up to the frame `end` is sealed. */
  end(): Uint8Array {
    if (!this.#finished || this.#waiting.length > 0) {
      throw new RecordingError('ERR_RECORDING_FRAME', 'the recording has not come to its end');
    }
    const payload = encodeEnd({ ...this.commitment, indexOffset: this.#lastOffset });
    return encodeBlock('end', [payload], this.#crypto.crc32);
  }

  #finish(): void {
    this.#finished = true;
    const index = new Uint8Array(MAX_INDEX_BYTES);
    const writer = new ByteWriter(index);
    this.#index.encode(writer);
    this.#wait(extraItem(INDEX_CODE, index.subarray(0, writer.offset)));
  }

  #wait(item: Waiting): void {
    this.#waiting.push(item);
    this.#waitingBytes += item.bytes;
  }

  #take(): readonly Waiting[] {
    let bytes = MAX_BASE_BYTES;
    let count = 0;
    for (const item of this.#waiting) {
      if (bytes + item.bytes > MAX_CHUNK_BYTES) break;
      bytes += item.bytes;
      count += 1;
      this.#waitingBytes -= item.bytes;
      if ('frame' in item) this.#sealed += 1;
    }
    const taken = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return taken;
  }
}

const MAX_BASE_BYTES = 8;

function extraItem(code: number, content: Uint8Array): Waiting {
  const extra = new Uint8Array(1 + varintBytes(content.length) + content.length);
  const writer = new ByteWriter(extra);
  writer.byte(code);
  writer.varint(content.length);
  writer.bytes(content);
  return { extra, bytes: extra.length };
}

function baseOf(items: readonly Waiting[]): number {
  const first = items.find((item) => 'frame' in item);
  return first !== undefined && 'frame' in first ? first.frame.at : 0;
}

/** A block with room for all that is not plaintext yet. */
function withPlaintext(items: readonly Waiting[], room?: Uint8Array): Uint8Array {
  const longest = items.reduce((sum, { bytes }) => sum + bytes, MAX_BASE_BYTES);
  const block = room ?? new Uint8Array(BLOCK_HEAD_BYTES + CHUNK_OVERHEAD_BYTES + longest);
  const at = BLOCK_HEAD_BYTES + CHUNK_TEXT_AT;
  const bytes = encodePlaintext(items, block.subarray(at, at + longest));
  return block.subarray(0, BLOCK_HEAD_BYTES + CHUNK_OVERHEAD_BYTES + bytes);
}

/** Gives how many bytes it has. */
function encodePlaintext(items: readonly Waiting[], target: Uint8Array): number {
  const writer = new ByteWriter(target);
  let before = baseOf(items);
  writer.varint(before);
  for (const item of items) {
    if ('extra' in item) {
      writer.bytes(item.extra);
      continue;
    }
    encodeFrame(writer, item.frame, item.frame.at - before);
    before = item.frame.at;
  }
  return writer.offset;
}
