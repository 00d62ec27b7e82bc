// SPDX-License-Identifier: Apache-2.0

/** What an exchange can be found by while it lives. */
export interface LiveExchange {
  readonly id: string;
  readonly cluster: string;
  readonly agent: string;
  readonly owner: string;
  readonly session: string;
}

interface Entry {
  readonly facts: LiveExchange;
  readonly end: (reason: string) => void;
}

/** Every exchange from its identification to the end of its answer: the one way to end what still runs. */
export class LiveExchanges {
  readonly #entries = new Map<string, Entry>();
  #idle: (() => void) | undefined;

  get size(): number {
    return this.#entries.size;
  }

  /** `end` MUST break the exchange off within a second; the returned function takes it out again. */
  add(facts: LiveExchange, end: (reason: string) => void): () => void {
    this.#entries.set(facts.id, { facts, end });
    return () => {
      this.#entries.delete(facts.id);
      if (this.#entries.size === 0) this.#idle?.();
    };
  }

  /** Ends those that match; returns how many there were. */
  end(matches: (exchange: LiveExchange) => boolean, reason: string): number {
    const ended = [...this.#entries.values()].filter(({ facts }) => matches(facts));
    for (const entry of ended) entry.end(reason);
    return ended.length;
  }

  /** Resolves when none is left, or after `timeoutMs`; true if none is left. */
  async idle(timeoutMs: number): Promise<boolean> {
    if (this.#entries.size === 0) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle = resolve;
    const timer = setTimeout(resolve, timeoutMs);
    await promise;
    clearTimeout(timer);
    this.#idle = undefined;
    return this.#entries.size === 0;
  }
}
