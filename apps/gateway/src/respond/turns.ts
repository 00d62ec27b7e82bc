// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A timer knows no less. */
const SHORTEST_REST_MS = 1;

/** Those who wait for an answer, at this moment. */
interface Waiting {
  readonly waiting: number;
}

/**
 * What long answers leave to everybody else. After each piece of work others have a turn; and while somebody waits for an
 * answer of which nothing has come, all long answers together rest for as long as they have worked: a get takes several
 * turns of the event loop, here and at the connector, and would find one of them in each. So a list takes up to twice its
 * time then, and as long as ever when nobody waits.
 */
export class Turns {
  readonly #others: Waiting;
  #workedMs = 0;
  #resting: Promise<void> | undefined;

  constructor(others: Waiting) {
    this.#others = others;
  }

  /** Resolves when whoever has worked for so long may go on. */
  async next(workedMs: number): Promise<void> {
    this.#workedMs = this.#others.waiting === 0 ? 0 : this.#workedMs + workedMs;
    if (this.#workedMs >= SHORTEST_REST_MS) this.#resting ??= this.#rest();
    else await nextTurn();
    while (this.#resting) await this.#resting;
  }

  async #rest(): Promise<void> {
    const ms = this.#workedMs;
    this.#workedMs = 0;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, ms);
    });
    this.#resting = undefined;
  }
}
