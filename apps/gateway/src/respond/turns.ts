// SPDX-License-Identifier: Apache-2.0

/** A timer knows no less. */
const SHORTEST_REST_MS = 1;
/**
 * So long is rested for each millisecond of masking, while somebody waits. As much again goes to reading and writing what is
 * masked, and each get waits for it in several turns, here and at the connector.
 */
export const REST_PER_WORK = 3;

/** Those who wait for an answer, at this moment. */
interface Waiting {
  readonly waiting: number;
}

/**
 * What long answers leave to everybody else. In one turn of the event loop one of them goes on, first come first served,
 * however many there are. While somebody waits for an answer of which nothing has come, all long answers together mask for a
 * quarter of the time and rest for the remainder; when nobody waits they take as long as ever.
 */
export class Turns {
  readonly #others: Waiting;
  readonly #queue: (() => void)[] = [];
  #owedMs = 0;
  /** Whether somebody's turn, or a rest, is on its way. */
  #isComing = false;

  constructor(others: Waiting) {
    this.#others = others;
  }

  /** Resolves when whoever has worked for so long may go on. */
  next(workedMs: number): Promise<void> {
    this.#owedMs = this.#others.waiting === 0 ? 0 : this.#owedMs + REST_PER_WORK * workedMs;
    return new Promise((resolve) => {
      this.#queue.push(resolve);
      if (!this.#isComing) this.#comeBack();
    });
  }

  #comeBack(): void {
    this.#isComing = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    const restMs = this.#owedMs;
    if (restMs < SHORTEST_REST_MS) {
      this.#goOn();
      return;
    }
    this.#owedMs = 0;
    setTimeout(() => this.#goOn(), restMs);
  }

  #goOn(): void {
    this.#isComing = false;
    this.#queue.shift()?.();
    // What this one does from here on is known in the next turn.
    if (this.#queue.length > 0) this.#comeBack();
  }
}
