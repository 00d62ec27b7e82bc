// SPDX-License-Identifier: Apache-2.0

/** So much is begun in one turn; what was begun last takes as long as it takes. */
export const BUDGET_MS = 2;

/**
 * Keeps turns of the event loop short where much could go on at once: requests that came together, answers that stand in
 * one read of a tunnel, records that became durable in one batch, frames of all streams. What finds the time of a turn used up waits for one of
 * the next, first come first served, and whoever asks later goes behind it.
 */
export class TurnBudget {
  readonly #now: () => number;
  #waiting: (() => void)[] = [];
  #begunMs = 0;
  /** Whether the time of this turn is counted; the next one then looks at who waits. */
  #isCounted = false;
  /** Whether somebody has just been let go on, whose time is not counted yet. */
  #isGoing = false;

  /** @param now - milliseconds that never go back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Undefined where there is time left in this turn; otherwise resolves in a turn that has. */
  next(): Promise<void> | undefined {
    if (!this.#isCounted) this.#count();
    if (this.#waiting.length === 0 && !this.#isGoing && !this.#isUsedUp()) {
      this.#goOnLater();
      return undefined;
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #count(): void {
    this.#isCounted = true;
    this.#begunMs = this.#now();
    setImmediate(() => this.#turn());
  }

  #isUsedUp(): boolean {
    return this.#now() - this.#begunMs >= BUDGET_MS;
  }

  #turn(): void {
    this.#isCounted = false;
    if (this.#waiting.length === 0) return;
    this.#count();
    if (!this.#isGoing) this.#goOn();
  }

  #goOn(): void {
    if (this.#waiting.length === 0 || this.#isUsedUp()) return;
    this.#goOnLater();
    this.#waiting.shift()?.();
  }

  /** One after the other: a tick comes when all that the one before set going has run, so that its time is counted. */
  #goOnLater(): void {
    this.#isGoing = true;
    queueMicrotask(() =>
      process.nextTick(() => {
        this.#isGoing = false;
        this.#goOn();
      }),
    );
  }
}

/** The budget of the event loop, of which a process has one: everything that shares its turns takes them here. */
export const loopBudget = new TurnBudget();
