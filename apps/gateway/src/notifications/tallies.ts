// SPDX-License-Identifier: Apache-2.0
import type { NoticeFacts } from './notice.ts';

/** Above this many denials of one agent within so many seconds, people are told. */
export interface DenialRate {
  readonly count: number;
  readonly seconds: number;
}

/** Somebody who has just been told of an agent's denials is not told again for so long. */
const QUIET_MS = 15 * 60_000;
/** So long what could not be evaluated is counted, once the first of a kind has been told. */
const GATHER_MS = 60_000;
const MAX_KEPT = 1_000;

/** Denials of each agent, counted in windows. */
export class DenialTally {
  readonly #windows = new Map<string, { startMs: number; count: number; quietUntilMs: number }>();

  /** Counts one more; how many there were, where that is to be told. */
  count(agent: string, { count, seconds }: DenialRate, nowMs: number): number | undefined {
    if (!this.#windows.has(agent) && this.#windows.size >= MAX_KEPT) this.#windows.clear();
    const window = this.#windows.get(agent) ?? { startMs: nowMs, count: 0, quietUntilMs: nowMs };
    this.#windows.set(agent, window);
    if (nowMs - window.startMs >= seconds * 1_000) {
      window.startMs = nowMs;
      window.count = 0;
    }
    window.count += 1;
    if (window.count < count || nowMs < window.quietUntilMs) return undefined;
    window.quietUntilMs = nowMs + QUIET_MS;
    return window.count;
  }
}

/** Of one kind, since the last time that they were told. */
interface Gathered {
  untilMs: number;
  count: number;
  last: { id: string; about: NoticeFacts };
}

/** Refusals that could not be evaluated: of each kind the first is told at once, those of the minute after it together. */
export class UndecidedTally {
  readonly #kinds = new Map<string, Gathered>();

  /** Whether this is to be told at once; if not, it is counted. */
  isFirst(id: string, about: NoticeFacts, count: number, nowMs: number): boolean {
    const kind = JSON.stringify([about.agent, about.cluster, about.fault]);
    const gathered = this.#kinds.get(kind);
    if (gathered === undefined) {
      if (this.#kinds.size < MAX_KEPT) {
        this.#kinds.set(kind, { untilMs: nowMs + GATHER_MS, count: 0, last: { id, about } });
      }
      return true;
    }
    gathered.count += count;
    gathered.last = { id, about };
    return false;
  }

  /** Those whose minute is over, with how many there were and the last of them. */
  due(nowMs: number): readonly { readonly id: string; readonly about: NoticeFacts; readonly count: number }[] {
    const due: { id: string; about: NoticeFacts; count: number }[] = [];
    for (const [kind, gathered] of this.#kinds) {
      if (nowMs < gathered.untilMs) continue;
      if (gathered.count === 0) {
        this.#kinds.delete(kind);
        continue;
      }
      due.push({ ...gathered.last, count: gathered.count });
      gathered.count = 0;
      gathered.untilMs = nowMs + GATHER_MS;
    }
    return due;
  }
}

export const GATHER_SECONDS = GATHER_MS / 1_000;
