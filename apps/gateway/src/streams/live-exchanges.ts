// SPDX-License-Identifier: Apache-2.0
import type { Principal } from '@countersign/policy';
import type { Life, LivePart } from '../exchange.ts';
import type { Fault } from '../faults.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import { asksPeople } from '../policies/asks-people.ts';
import { UnderWay } from '../under-way.ts';

/** What an exchange can be found by while it lives. */
export interface LiveExchange {
  readonly id: string;
  readonly cluster: string;
  readonly principal: Principal;
  readonly upstreamGroups: readonly string[];
  readonly session: string;
  readonly token: TokenFacts;
}

/** What is known of it once it is decided, and more once it has used a countersignature. */
export type LiveDecided = Parameters<Life['decided']>[0];

/** One exchange that is under way. */
export interface LiveEntry {
  readonly facts: LiveExchange;
  /** Once it is decided. */
  readonly decided: LiveDecided | undefined;
  readonly parts: ReadonlySet<LivePart>;
  /** False for a write that was let through, not for one that waits: broken off, nobody would know what became of it. */
  readonly mayBeCut: boolean;
  /** Whether it waits for a countersignature: it asks policy again itself before it uses one. */
  readonly isWaiting: boolean;
  /** Breaks it off within a second. */
  end(fault: Fault): void;
}

/** Every exchange from its identification to the end of its answer: the one way to end what still runs. */
export class LiveExchanges {
  readonly #entries = new UnderWay<LiveEntry>();
  #waiting = 0;
  #idle: (() => void) | undefined;

  get size(): number {
    return this.#entries.size;
  }

  /** How many wait for an answer: none that waits for a person, and none that has begun. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Those of this moment. */
  entries(): readonly LiveEntry[] {
    return this.#entries.items();
  }

  /** `end` MUST break the exchange off within a second. */
  add(facts: LiveExchange, end: (fault: Fault) => void): Life {
    const parts = new Set<LivePart>();
    const entry = {
      facts,
      decided: undefined as LiveDecided | undefined,
      parts,
      mayBeCut: true,
      isWaiting: false,
      end,
    };
    const leave = this.#entries.add(entry);
    let isAwaited = false;
    const awaitAnswer = (awaited: boolean) => {
      this.#waiting += Number(awaited) - Number(isAwaited);
      isAwaited = awaited;
    };
    awaitAnswer(true);
    return {
      parts,
      decided: (exchange) => {
        entry.decided = exchange;
        const isWrite = exchange.lane === 'write';
        const mayWait = isWrite || exchange.lane === 'exec' || exchange.lane === 'portforward';
        entry.isWaiting = mayWait && asksPeople(exchange.made) && exchange.approval === undefined;
        entry.mayBeCut = !isWrite || entry.isWaiting;
        awaitAnswer(!entry.isWaiting);
      },
      begun: () => awaitAnswer(false),
      leave: () => {
        leave();
        awaitAnswer(false);
        if (this.#entries.size === 0) this.#idle?.();
      },
    };
  }

  /** Ends those that match; returns how many there were. */
  end(matches: (entry: LiveEntry) => boolean, fault: Fault): number {
    const ended = this.entries().filter(matches);
    for (const entry of ended) entry.end(fault);
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
