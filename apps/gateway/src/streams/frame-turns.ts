// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Admitted } from '../exchange.ts';

/** What a frame of a caller counts against its agent's bytes at least: a key, a resize, a connection, a ping. */
export const CONTROL_BYTES = 256;

/** So many frames are worked off in one turn of the event loop: a peer may send ten thousand at once. */
export const FRAMES_PER_TURN = 64;
/** Or as many as take so long. */
const TURN_MS = 2;

/**
 * The turns in which what a peer sends is worked off: others have theirs in between. Of a caller it also counts the frames
 * that carry nothing on, against its agent's bytes.
 */
export class FrameTurns {
  readonly #caller: Pick<Admitted, 'allowance' | 'abort'> | undefined;
  #frames = 0;
  #uncounted = 0;
  #sinceMs = performance.now();

  /** @param caller - whose frames they are; undefined where they count against nobody */
  constructor(caller?: Pick<Admitted, 'allowance' | 'abort'>) {
    this.#caller = caller;
  }

  /** A frame carries nothing on: it counts as one that does, beside the bytes that it has. */
  beside(bytes = 0): void {
    this.#uncounted += CONTROL_BYTES + bytes;
  }

  /** A frame is worked off. Resolves when the next one may be; undefined where that is now. @throws what ends the caller */
  over(): Promise<void> | undefined {
    this.#frames += 1;
    const isOver = this.#frames >= FRAMES_PER_TURN || performance.now() - this.#sinceMs >= TURN_MS;
    return isOver ? this.#next() : undefined;
  }

  /** The frames of what comes, in turns: one is over when the next is asked for. */
  async *framesOf<T>(chunks: AsyncIterable<Uint8Array>, read: (chunk: Uint8Array) => Iterable<T>): AsyncGenerator<T> {
    for await (const chunk of chunks) {
      for (const frame of read(chunk)) {
        yield frame;
        const pause = this.over();
        if (pause !== undefined) await pause;
      }
    }
  }

  /** What a frame carries on, in turns. One that carries nothing is counted, with the bytes that it has. */
  async *inputsIn<T>(inputs: Iterable<T>, bytes: number): AsyncGenerator<T> {
    let isNothing = true;
    for (const input of inputs) {
      isNothing = false;
      yield input;
      const pause = this.over();
      if (pause !== undefined) await pause;
    }
    if (isNothing) this.beside(bytes);
  }

  async #next(): Promise<void> {
    await nextTurn();
    const bytes = this.#uncounted;
    this.#uncounted = 0;
    if (this.#caller !== undefined && bytes > 0) {
      const { allowance, abort } = this.#caller;
      allowance.spend(bytes);
      await allowance.hasBytes(abort.signal);
    }
    this.#frames = 0;
    this.#sinceMs = performance.now();
  }
}
