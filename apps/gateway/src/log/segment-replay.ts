// SPDX-License-Identifier: Apache-2.0
import { crc32 } from 'node:zlib';
import {
  decodeFrame,
  type Frame,
  firstNonZero,
  type Leaf,
  parseSegmentHeader,
  RecordSequence,
  type SegmentHeader,
} from '@countersign/evidence';
import {
  decodeBase64,
  Frontier,
  formatCheckpoint,
  leafHash,
  type NoteVerifier,
  verifyCheckpoint,
} from '@countersign/tlog';
import { LogError } from './log-error.ts';
import { sha256 } from './sha256.ts';
import { isTornTail } from './torn-tail.ts';

export interface ReplayOptions {
  readonly path: string;
  readonly first: number;
  readonly origin: string;
  readonly verifier: NoteVerifier;
  /** A size whose checkpoint is wanted. */
  readonly wantedSize: number | undefined;
}

/** What a segment holds, up to its last whole batch. */
export interface ReplayedSegment {
  readonly header: SegmentHeader;
  readonly frontier: Frontier;
  readonly sequence: RecordSequence;
  readonly checkpoint: Uint8Array;
  /** Offset after the last whole batch. */
  readonly offset: number;
  /** The checkpoint of the size that was asked for, if it lies in this segment. */
  readonly wanted: Uint8Array | undefined;
}

/**
 * Reads the last segment of a log from its header on and computes everything anew: CRCs, roots, order, the commitments
 * to sealed fields, and the signature of the last checkpoint, which covers all before it.
 * @throws LogError `ERR_LOG_DAMAGED` naming offset and index, unless a crash explains it
 */
export function replaySegment(segment: Uint8Array, options: ReplayOptions): ReplayedSegment {
  return new SegmentReplay(segment, options).run();
}

class SegmentReplay {
  readonly #segment: Uint8Array;
  readonly #options: ReplayOptions;
  readonly #header: SegmentHeader;
  readonly #frontier: Frontier;
  readonly #sequence: RecordSequence;
  #wanted: Uint8Array | undefined;
  #checkpoint: Uint8Array;
  /** After the last whole batch. */
  #offset: number;

  constructor(segment: Uint8Array, options: ReplayOptions) {
    this.#segment = segment;
    this.#options = options;
    const frame = this.#frame(0);
    if (frame?.type !== 'header') throw this.#damaged(0, 'has no header');
    this.#header = this.#attempt(0, () => parseSegmentHeader(frame.payload));
    const { first, frontier, checkpoint } = this.#header;
    this.#offset = frame.end;
    this.#frontier = this.#attempt(0, () => Frontier.of(sha256, BigInt(first), frontier.map(decodeBase64)));
    this.#sequence = new RecordSequence(this.#header);
    this.#checkpoint = Buffer.from(checkpoint, 'utf8');
    this.#checkStart();
  }

  run(): ReplayedSegment {
    while (this.#replayBatch());
    this.#verifyLast();
    if (this.#sequence.closed && firstNonZero(this.#segment, this.#offset) !== undefined) {
      throw this.#damaged(this.#offset, 'has bytes that are not zero after the log was closed');
    }
    return {
      header: this.#header,
      frontier: this.#frontier,
      sequence: this.#sequence,
      checkpoint: this.#checkpoint,
      offset: this.#offset,
      wanted: this.#wanted,
    };
  }

  #checkStart(): void {
    const { bytes, first, origin, checkpoint } = this.#header;
    if (first !== this.#options.first) throw this.#damaged(0, `says that it begins at ${first}`);
    if (bytes !== this.#segment.length) throw this.#damaged(0, `has ${this.#segment.length} bytes, not ${bytes}`);
    if (origin !== this.#options.origin) throw this.#damaged(0, `is of the log ${origin}`);
    if (first === 0) {
      if (checkpoint !== '') throw this.#damaged(0, 'begins the log with a checkpoint');
    } else if (!checkpoint.startsWith(`${this.#checkpointText()}\n`)) {
      throw this.#damaged(0, 'has a frontier and a checkpoint that differ');
    }
  }

  /** Takes in the next batch; false at the end, also where a batch was cut short. */
  #replayBatch(): boolean {
    const leaves: Leaf[] = [];
    const hashes: Uint8Array[] = [];
    let at = this.#offset;
    for (;;) {
      const frame = this.#nextFrame(at);
      if (frame === undefined) return false;
      if (frame.type === 'checkpoint') {
        this.#finishBatch(leaves, hashes, at, frame);
        return true;
      }
      if (frame.type !== 'entry') throw this.#damaged(at, `has a ${frame.type} frame out of place`);
      const leaf = this.#attempt(at, () => JSON.parse(Buffer.from(frame.payload).toString('utf8')) as Leaf);
      leaves.push(leaf);
      hashes.push(leafHash(sha256, frame.payload));
      at = frame.end;
      if (leaf.sealed === undefined) continue;
      const sealed = this.#nextFrame(at);
      if (sealed === undefined) return false;
      this.#checkSealed(at, leaf, sealed);
      at = sealed.end;
    }
  }

  #finishBatch(leaves: readonly Leaf[], hashes: readonly Uint8Array[], at: number, frame: Frame): void {
    if (leaves.length === 0) throw this.#damaged(at, 'has a checkpoint without records');
    for (const hash of hashes) this.#frontier.append(hash);
    const text = this.#checkpointText();
    if (!Buffer.from(frame.payload).toString('utf8').startsWith(`${text}\n`)) {
      throw this.#damaged(at, 'has a checkpoint that is not that of the records before it');
    }
    this.#attempt(at, () => {
      for (const leaf of leaves) this.#sequence.apply(leaf);
    });
    this.#checkpoint = frame.payload.slice();
    if (Number(this.#frontier.size) === this.#options.wantedSize) this.#wanted = this.#checkpoint;
    this.#offset = frame.end;
  }

  #checkSealed(at: number, leaf: Leaf, frame: Frame): void {
    if (frame.type !== 'sealed') throw this.#damaged(at, `lacks the sealed fields of ${leaf.id}`);
    const ct = Buffer.from(sha256.sha256(frame.payload)).toString('hex');
    if (ct !== leaf.sealed?.ct) throw this.#damaged(at, `has sealed fields that are not those of ${leaf.id}`);
  }

  #verifyLast(): void {
    if (this.#checkpoint.length === 0) return;
    this.#attempt(this.#offset, () => verifyCheckpoint(this.#checkpoint, [this.#options.verifier]));
  }

  /** The frame at `at`, or undefined where the log ends: at zeroes, or where a crash cut the last batch. */
  #nextFrame(at: number): Frame | undefined {
    let problem = 'has bytes that are not zero after its last frame';
    try {
      const frame = decodeFrame(this.#segment, at, crc32);
      if (frame !== undefined) return frame;
    } catch (error) {
      problem = (error as Error).message;
    }
    if (isTornTail(this.#segment, at)) return undefined;
    throw this.#damaged(at, problem);
  }

  #frame(at: number): Frame | undefined {
    return this.#attempt(at, () => decodeFrame(this.#segment, at, crc32));
  }

  #checkpointText(): string {
    const { origin } = this.#options;
    return formatCheckpoint({ origin, size: this.#frontier.size, root: this.#frontier.root() });
  }

  #attempt<T>(at: number, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw this.#damaged(at, (cause as Error).message, cause);
    }
  }

  #damaged(at: number, what: string, cause?: unknown): LogError {
    const place = `${this.#options.path} at offset ${at}, record ${this.#frontier?.size ?? this.#options.first} or after it`;
    return new LogError('ERR_LOG_DAMAGED', `the log is damaged: ${place}: ${what}`, { cause });
  }
}
