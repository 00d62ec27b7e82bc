// SPDX-License-Identifier: Apache-2.0

/** Fills steadily up to its capacity. Its level may fall below zero where what was spent is known only afterwards. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #capacity: number;
  #level: number;
  #atMs: number;

  /** Full at first. `nowMs` here and below is of a clock that never goes back. */
  constructor(perSecond: number, capacity: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#capacity = capacity;
    this.#level = capacity;
    this.#atMs = nowMs;
  }

  spend(tokens: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#level -= tokens;
  }

  /** Milliseconds until the level is `wanted`, which is at most the capacity; 0 when it is. */
  msUntil(wanted: number, nowMs: number): number {
    this.#fill(nowMs);
    return Math.max(0, ((wanted - this.#level) / this.#perSecond) * 1_000);
  }

  #fill(nowMs: number): void {
    this.#level = Math.min(this.#capacity, this.#level + ((nowMs - this.#atMs) / 1_000) * this.#perSecond);
    this.#atMs = nowMs;
  }
}
