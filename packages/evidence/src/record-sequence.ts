// SPDX-License-Identifier: Apache-2.0
import { EvidenceError } from './evidence-error.ts';
import type { Leaf } from './record.ts';

/** Where a sequence of records stands between two of them. */
export interface SequencePoint {
  /** `epoch` of the last record; 0 before the first. */
  readonly epoch: number;
  /** `ts` of the last record; "" before the first. */
  readonly time: string;
  /** Whether the last record is `log.closed`, or there is none. */
  readonly closed: boolean;
  /**
   * `intent <exchange>`, `answer <exchange>`, `stream <stream> <exchange>` or `recording <stream> <exchange>`, in the
   * order of their beginning.
   */
  readonly open: readonly string[];
}

/**
 * Follows the records of a log in index order and holds the rules that concern more than one: time and epoch, that what
 * begins is not under way and what ends is, that a stream that is recorded has a recording, and that an intent is of what
 * policy allowed or people countersigned. Holds one string for each thing that is under way.
 */
export class RecordSequence implements SequencePoint {
  #epoch: number;
  #time: string;
  #closed: boolean;
  #recoveryDue = false;
  readonly #open: Set<string>;

  constructor(start: SequencePoint = { epoch: 0, time: '', closed: true, open: [] }) {
    this.#epoch = start.epoch;
    this.#time = start.time;
    this.#closed = start.closed;
    this.#open = new Set(start.open);
  }

  get epoch(): number {
    return this.#epoch;
  }

  get time(): string {
    return this.#time;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get open(): readonly string[] {
    return [...this.#open];
  }

  /**
   * Takes the next records in, all or none.
   * @throws EvidenceError `ERR_EVIDENCE_ORDER`
   */
  apply(...leaves: readonly Leaf[]): void {
    const before = { epoch: this.#epoch, time: this.#time, closed: this.#closed, recoveryDue: this.#recoveryDue };
    let applied = 0;
    try {
      for (const leaf of leaves) {
        this.#applyOne(leaf);
        applied += 1;
      }
    } catch (error) {
      this.#epoch = before.epoch;
      this.#time = before.time;
      this.#closed = before.closed;
      this.#recoveryDue = before.recoveryDue;
      for (const leaf of leaves.slice(0, applied).reverse()) this.#undoTransition(leaf);
      throw error;
    }
  }

  #applyOne(leaf: Leaf): void {
    if (leaf.ts < this.#time) throw disorder(leaf, `is of ${leaf.ts}, before ${this.#time}`);
    this.#checkEpoch(leaf);
    this.#applyTransition(leaf);
    this.#recoveryDue = leaf.type === 'log.opened' && !leaf.clean;
    this.#epoch = leaf.epoch;
    this.#time = leaf.ts;
    this.#closed = leaf.type === 'log.closed';
  }

  #checkEpoch(leaf: Leaf): void {
    const opens = leaf.type === 'log.opened';
    if (leaf.epoch !== this.#epoch + (opens ? 1 : 0)) throw disorder(leaf, `has epoch ${leaf.epoch}`);
    if (opens && leaf.clean !== this.#closed) throw disorder(leaf, `says clean: ${leaf.clean}`);
    if (!opens && this.#closed) throw disorder(leaf, 'stands after the log was closed');
    if ((leaf.type === 'recovery') !== this.#recoveryDue)
      throw disorder(leaf, 'stands where recovery does not belong or is due');
    if (leaf.type === 'log.closed' && this.#open.size > 0) throw disorder(leaf, `leaves ${this.#open.size} unfinished`);
  }

  #applyTransition(leaf: Leaf): void {
    if (leaf.type === 'intent' && !isLetThrough(leaf)) throw disorder(leaf, 'is of what was not let through');
    const wanted = continuing(leaf);
    if (wanted !== undefined && !this.#open.has(wanted)) throw disorder(leaf, 'goes on with what is not under way');
    const begun = beginning(leaf);
    if (begun !== undefined) {
      if (this.#open.has(begun)) throw disorder(leaf, 'begins what is under way');
      this.#open.add(begun);
    }
    const ended = ending(leaf);
    if (ended !== undefined && !this.#open.delete(ended)) throw disorder(leaf, 'ends what is not under way');
  }

  #undoTransition(leaf: Leaf): void {
    const begun = beginning(leaf);
    if (begun !== undefined) this.#open.delete(begun);
    const ended = ending(leaf);
    if (ended !== undefined) this.#open.add(ended);
  }
}

/** Policy allowed it, or asked for a countersignature that it names. */
function isLetThrough({ decision, approval, grant }: Extract<Leaf, { type: 'intent' }>): boolean {
  const isCountersigned = approval !== undefined || grant !== undefined;
  return decision.effect === 'allow' || (decision.effect === 'ask' && isCountersigned);
}

function beginning(leaf: Leaf): string | undefined {
  switch (leaf.type) {
    case 'intent':
      return `intent ${leaf.exchange}`;
    case 'answer.start':
      return `answer ${leaf.exchange}`;
    case 'stream.start':
      return `stream ${leaf.stream} ${leaf.exchange}`;
    case 'recording.start':
      return `recording ${leaf.stream} ${leaf.exchange}`;
    default:
      return undefined;
  }
}

function ending(leaf: Leaf): string | undefined {
  switch (leaf.type) {
    case 'outcome':
      return `intent ${leaf.exchange}`;
    case 'answer.end':
      return `answer ${leaf.exchange}`;
    case 'stream.end':
      return `stream ${leaf.stream} ${leaf.exchange}`;
    case 'recording.end':
      return `recording ${leaf.stream} ${leaf.exchange}`;
    default:
      return undefined;
  }
}

/** What must be under way; a stream that says that it is recorded has its recording. */
function continuing(leaf: Leaf): string | undefined {
  const isOfRecording =
    leaf.type === 'recording.progress' || (leaf.type === 'stream.start' && leaf.recorded.length > 0);
  return isOfRecording ? `recording ${leaf.stream} ${leaf.exchange}` : undefined;
}

function disorder(leaf: Leaf, what: string): EvidenceError {
  return new EvidenceError('ERR_EVIDENCE_ORDER', `the record ${leaf.id} (${leaf.type}) ${what}`);
}
