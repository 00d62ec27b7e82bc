// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  encodeFrame,
  encodeSegmentHeader,
  FRAME_HEADER_BYTES,
  RecordSequence,
  type SegmentHeader,
  type SequencePoint,
  segmentName,
} from '@countersign/evidence';
import { encodeBase64, type Frontier, type NoteSigner, signCheckpoint } from '@countersign/tlog';
import type { EncodedRecord } from './record-encoder.ts';
import type { SegmentFile } from './segment-file.ts';
import type { SpareSegment } from './spare-segment.ts';

/** Where writing goes on: after opening, and after each batch. */
export interface WalPosition {
  readonly segment: SegmentFile;
  /** Offset of the first free byte of the segment. */
  readonly offset: number;
  readonly frontier: Frontier;
  /** The last checkpoint, signed; empty before the first. */
  readonly checkpoint: Uint8Array;
  readonly sequence: SequencePoint;
}

export interface WalWriterOptions {
  readonly walDir: string;
  readonly origin: string;
  readonly signer: NoteSigner;
  readonly spare: SpareSegment;
}

/** A checkpoint that is durable. */
export interface DurableHead {
  readonly size: number;
  readonly checkpoint: Uint8Array;
}

/**
 * Puts batches into the write-ahead log, one at a time: entries, their sealed fields and the checkpoint over them in one
 * write and one sync. After a throw it MUST NOT be used again.
 */
export class WalWriter {
  readonly #options: WalWriterOptions;
  readonly #sequence: RecordSequence;
  readonly #frontier: Frontier;
  #segment: SegmentFile;
  #offset: number;
  #head: DurableHead;
  #buffer = Buffer.alloc(0);

  constructor(options: WalWriterOptions, start: WalPosition) {
    this.#options = options;
    this.#segment = start.segment;
    this.#offset = start.offset;
    this.#frontier = start.frontier.copy();
    this.#head = { size: Number(start.frontier.size), checkpoint: start.checkpoint };
    this.#sequence = new RecordSequence(start.sequence);
  }

  /** The last durable checkpoint. */
  get head(): DurableHead {
    return this.#head;
  }

  /** Bytes that the present segment still takes. */
  get room(): number {
    return this.#segment.bytes - this.#offset;
  }

  /** Resolves when the batch and its checkpoint are durable. */
  async commit(records: readonly EncodedRecord[]): Promise<void> {
    const before = this.#frontier.copy();
    for (const { leafHash } of records) this.#frontier.append(leafHash);
    const { size } = this.#frontier;
    const { origin, signer } = this.#options;
    const checkpoint = signCheckpoint({ origin, size, root: this.#frontier.root() }, [signer]);
    const batch = this.#encodeBatch(records, checkpoint);
    if (batch.length > this.room) await this.#rotate(before, batch.length);
    await this.#segment.write(batch, this.#offset);
    await this.#segment.sync();
    for (const { leaf } of records) this.#sequence.apply(leaf);
    this.#offset += batch.length;
    this.#head = { size: Number(size), checkpoint };
  }

  async close(): Promise<void> {
    await this.#segment.close();
  }

  #encodeBatch(records: readonly EncodedRecord[], checkpoint: Uint8Array): Uint8Array {
    const length = batchBytes(records) + FRAME_HEADER_BYTES + checkpoint.length;
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#buffer.length));
    let offset = 0;
    for (const { entry, sealed } of records) {
      offset = encodeFrame(this.#buffer, offset, 'entry', entry, crc32);
      if (sealed !== undefined) offset = encodeFrame(this.#buffer, offset, 'sealed', sealed, crc32);
    }
    offset = encodeFrame(this.#buffer, offset, 'checkpoint', checkpoint, crc32);
    return this.#buffer.subarray(0, offset);
  }

  /** Goes on in a new segment: its header is durable before the file stands among the others. */
  async #rotate(before: Frontier, batchLength: number): Promise<void> {
    const { origin, spare, walDir } = this.#options;
    const file = await spare.take();
    const point = { origin, frontier: before, checkpoint: this.#head.checkpoint, sequence: this.#sequence };
    const header = segmentHeaderFrame(point, file.bytes, batchLength);
    await file.growTo(header.bytes);
    await file.write(header.frame, 0);
    await file.sync();
    await file.moveTo(join(walDir, segmentName(Number(before.size))));
    await this.#segment.close();
    this.#segment = file;
    this.#offset = header.frame.length;
    spare.prepare();
  }
}

/** What a new segment's header says of the log before it. */
export interface SegmentStart {
  readonly origin: string;
  readonly frontier: Frontier;
  readonly checkpoint: Uint8Array;
  readonly sequence: SequencePoint;
}

/** A header frame for a segment of `bytes`, or more where header and first batch need more. */
export function segmentHeaderFrame(
  { origin, frontier, checkpoint, sequence }: SegmentStart,
  bytes: number,
  batchLength = 0,
): { readonly frame: Uint8Array; readonly bytes: number } {
  const header: SegmentHeader = {
    v: 1,
    origin,
    bytes,
    first: Number(frontier.size),
    checkpoint: Buffer.from(checkpoint).toString('utf8'),
    frontier: frontier.subtrees.map(encodeBase64),
    open: [...sequence.open],
    closed: sequence.closed,
    epoch: sequence.epoch,
    time: sequence.time,
  };
  const payload = encodeSegmentHeader(header);
  const length = FRAME_HEADER_BYTES + payload.length;
  if (length + batchLength > bytes) {
    // A few bytes more than needed: the header may grow by the digits of its own length.
    return segmentHeaderFrame({ origin, frontier, checkpoint, sequence }, length + batchLength + 16, batchLength);
  }
  const frame = new Uint8Array(length);
  encodeFrame(frame, 0, 'header', payload, crc32);
  return { frame, bytes };
}

/** Bytes of a batch's entries and sealed fields, without its checkpoint. */
export function batchBytes(records: readonly EncodedRecord[]): number {
  let bytes = 0;
  for (const { entry, sealed } of records) {
    bytes += FRAME_HEADER_BYTES + entry.length;
    if (sealed !== undefined) bytes += FRAME_HEADER_BYTES + sealed.length;
  }
  return bytes;
}
