// SPDX-License-Identifier: Apache-2.0

/**
 * What one output of a session is masked by, before it is recorded and passed on. The stage `mask` makes one for each
 * output (`Masked.outputMask`); none stands in the way of a session that a permit reveals.
 *
 * It is synchronous, keeps no clock and starts no timer: `nowMs` are milliseconds of a clock that never goes back, `due`
 * says when it wants to be asked again, and `MaskedOutput` sees to that. What it returns goes on in the order in which it
 * was returned, may be empty, and MUST NOT be changed afterwards: it waits for the disk. What it throws cuts the session.
 */
export interface OutputMask {
  /** Takes what came, in pieces of any size; gives what may go on now. @throws MaskError */
  push(bytes: Uint8Array, nowMs: number): Uint8Array;
  /** Says that something was typed: its echo need not wait. */
  typed(nowMs: number): void;
  /** When `tick` is due; undefined as long as nothing is held that time alone lets go. */
  due(): number | undefined;
  /** Gives what may go on because time has passed. @throws MaskError */
  tick(nowMs: number): Uint8Array;
  /** The output has ended; gives what is left. @throws MaskError */
  end(): Uint8Array;
  /** How many values each rule masked so far, by rule. */
  counts(): Readonly<Record<string, number>>;
}

export interface MaskedOutputParts {
  /** Undefined where a permit reveals. */
  readonly mask: OutputMask | undefined;
  readonly nowMs: () => number;
  /** Gets what may go on, in order; resolves when there is room for more. */
  readonly onBytes: (bytes: Uint8Array) => Promise<void>;
  /** What went wrong between two pieces. */
  readonly onFailure: (error: unknown) => void;
}

/** One output of a session behind its mask, which is asked when it wants to be. */
export class MaskedOutput implements Disposable {
  readonly #parts: MaskedOutputParts;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: MaskedOutputParts) {
    this.#parts = parts;
  }

  /** Resolves when there is room for more. */
  async push(bytes: Uint8Array): Promise<void> {
    const { mask, nowMs } = this.#parts;
    await this.#passOn(mask ? mask.push(bytes, nowMs()) : bytes);
  }

  /** Something was typed, whose echo may come. */
  typed(): void {
    const { mask, nowMs } = this.#parts;
    mask?.typed(nowMs());
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
