// SPDX-License-Identifier: Apache-2.0
import { CallerGone } from '../data/incoming.ts';
import type { Admitted } from '../exchange.ts';
import { loopBudget, type TurnBudget } from '../turn-budget.ts';

/** What a frame of a caller counts against its agent's bytes at least: a key, a resize, a connection, a ping. */
export const CONTROL_BYTES = 256;

/**
 * The turns of the event loop in which what a peer sends is worked off: a peer may send ten thousand frames at once, and
 * shares the time of each turn with all others. Of a caller it also counts the frames that carry nothing on, against its
 * agent's bytes.
 */
export class FrameTurns {
  readonly #caller: { readonly allowance: Pick<Admitted['allowance'], 'spend' | 'hasBytes'> } | undefined;
  readonly #budget: Pick<TurnBudget, 'next'>;
  readonly #stopped = new AbortController();
  /** Aborted when nobody is to wait for the agent's bytes any more. */
  readonly #ends: AbortSignal;
  #uncounted = 0;
  #isHeld = false;

  /** @param caller - whose frames they are; undefined where they count against nobody */
  constructor(caller?: Pick<Admitted, 'allowance' | 'abort'>, budget: Pick<TurnBudget, 'next'> = loopBudget) {
    this.#caller = caller;
    this.#budget = budget;
    const { signal } = this.#stopped;
    this.#ends = caller === undefined ? signal : AbortSignal.any([caller.abort.signal, signal]);
  }

  /** Whether its caller is not read on until its agent has bytes left. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Nobody waits for the agent's bytes any more: a caller that would is read no further. */
  stop(): void {
    this.#stopped.abort(new CallerGone());
  }

  /** A frame carries nothing on: it counts as one that does, beside the bytes that it has. */
  beside(bytes = 0): void {
    this.#uncounted += CONTROL_BYTES + bytes;
  }

  /** The frames of what comes, in turns. @throws what ends the caller, CallerGone */
  async *framesOf<T>(chunks: AsyncIterable<Uint8Array>, read: (chunk: Uint8Array) => Iterable<T>): AsyncGenerator<T> {
    for await (const chunk of chunks) {
      for (const frame of read(chunk)) {
        const pause = this.#next();
        if (pause !== undefined) await pause;
        yield frame;
      }
    }
  }

  /** What a frame carries on, in turns. One that carries nothing is counted, with the bytes that it has. */
  async *inputsIn<T>(inputs: Iterable<T>, bytes: number): AsyncGenerator<T> {
    let isNothing = true;
    for (const input of inputs) {
      // The first has the turn of its frame.
      const pause = isNothing ? undefined : this.#next();
      if (pause !== undefined) await pause;
      isNothing = false;
      yield input;
    }
    if (isNothing) this.beside(bytes);
  }

  /** Resolves when the next frame may be worked off; undefined where that is now. */
  #next(): Promise<void> | undefined {
    return this.#uncounted > 0 ? this.#counted() : this.#budget.next();
  }

  async #counted(): Promise<void> {
    const bytes = this.#uncounted;
    this.#uncounted = 0;
    if (this.#caller !== undefined) {
      this.#caller.allowance.spend(bytes);
      this.#isHeld = true;
      await this.#caller.allowance.hasBytes(this.#ends).finally(() => {
        this.#isHeld = false;
      });
    }
    await this.#budget.next();
  }
}
