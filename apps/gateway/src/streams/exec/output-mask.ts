// SPDX-License-Identifier: Apache-2.0
import type { StreamMask } from '@countersign/mask';
import { loopBudget } from '../../turn-budget.ts';

/** So much is masked in one turn: some milliseconds of the densest text. */
const TURN_BYTES = 8_192;
/** Rows of a terminal are read once each, and once with those that they go on in. */
const ROWS_TURN_BYTES = 4_096;

export interface MaskedOutputParts {
  /**
   * What it is masked by before it is recorded and passed on; undefined where a permit reveals. What it gives MUST NOT be
   * changed afterwards: it waits for the disk. What it throws cuts the session.
   */
  readonly mask: StreamMask | undefined;
  readonly nowMs: () => number;
  /** Gets what may go on, in order; resolves when there is room for more. */
  readonly onBytes: (bytes: Uint8Array) => Promise<void>;
  /** What went wrong between two pieces. */
  readonly onFailure: (error: unknown) => void;
}

/** One output of a session behind its mask, which is asked when it wants to be. */
export class MaskedOutput implements Disposable {
  readonly #parts: MaskedOutputParts;
  #turnBytes = TURN_BYTES;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: MaskedOutputParts) {
    this.#parts = parts;
  }

  /** Masks in turns, in each of which others have theirs; resolves when there is room for more. */
  async push(bytes: Uint8Array): Promise<void> {
    const { mask, nowMs } = this.#parts;
    if (mask === undefined) return this.#passOn(bytes);
    const turnBytes = this.#turnBytes;
    for (let at = 0; at < bytes.length; at += turnBytes) {
      // The first has the turn of its frame.
      if (at > 0) await loopBudget.next();
      await this.#passOn(mask.push(bytes.subarray(at, at + turnBytes), nowMs()));
    }
  }

  /** Something was typed, whose echo may come. */
  typed(): void {
    const { mask, nowMs } = this.#parts;
    mask?.typed(nowMs());
  }

  /** The terminal has another size. */
  resized(columns: number): void {
    this.#turnBytes = columns > 0 ? ROWS_TURN_BYTES : TURN_BYTES;
    this.#parts.mask?.resized(columns);
  }

  async end(): Promise<void> {
    const { mask } = this.#parts;
    if (mask) await this.#passOn(mask.end());
    this[Symbol.dispose]();
  }

  counts(): Readonly<Record<string, number>> {
    return this.#parts.mask?.counts() ?? {};
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  async #passOn(bytes: Uint8Array): Promise<void> {
    this.#askWhenDue();
    if (bytes.length > 0) await this.#parts.onBytes(bytes);
  }

  #askWhenDue(): void {
    const { mask, nowMs, onFailure } = this.#parts;
    clearTimeout(this.#timer);
    const due = mask?.due();
    if (mask === undefined || due === undefined) return;
    const ask = () => this.#passOn(mask.tick(nowMs()));
    this.#timer = setTimeout(() => void Promise.try(ask).catch(onFailure), Math.max(0, due - nowMs()));
  }
}
