// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import { sourceOf } from '../limits/source-of.ts';
import type { Log } from '../log/log.ts';
import { recordTime } from '../records/exchange-facts.ts';

const WINDOW_MS = 10_000;
/** Beyond this many sources in a window, further ones share one record a reason. */
const MAX_SOURCES = 256;
const SHARED: Refused = { source: '' };

/** Who was refused: an address of which nothing else is known (of IPv6 its /64), or a registered agent. */
type Refused =
  | { readonly source: string; readonly agent?: undefined }
  | { readonly agent: string; readonly cluster?: string };

interface Tally {
  readonly listener: Listener;
  readonly fault: string;
  readonly who: Refused;
  readonly from: Date;
  count: number;
}

export type Listener = 'data' | 'tunnel' | 'control';

/**
 * Refusals of callers that nobody has authenticated, or that are over a limit: one record a source or agent, reason and
 * 10 s, however many there are.
 */
export class RefusalCounter {
  readonly #log: Log;
  readonly #now: () => Date;
  readonly #onProblem: (error: unknown) => void;
  #tallies = new Map<string, Tally>();
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Log, now: () => Date, onProblem: (error: unknown) => void) {
    this.#log = log;
    this.#now = now;
    this.#onProblem = onProblem;
  }

  /** `fault` is a code of the listener's own table, `ERR_…`. */
  count(listener: Listener, fault: string, who: Refused): void {
    const counted = who.agent === undefined ? { source: sourceOf(who.source) } : who;
    this.#add({ listener, fault, who: counted, from: this.#now(), count: 1 });
  }

  /** Writes what has been counted; resolves when it is durable. What a full queue refuses is counted on. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const tallies = [...this.#tallies.values()];
    this.#tallies = new Map();
    if (tallies.length === 0) return;
    try {
      await this.#log.append(this.#records(tallies));
    } catch (error) {
      for (const tally of tallies) this.#add(tally);
      throw error;
    }
  }

  #add({ listener, fault, who, from, count }: Tally): void {
    const isRoom = this.#tallies.size < MAX_SOURCES || this.#tallies.has(keyOf(listener, fault, who));
    // Agents are as many as are registered; nobody can crowd them out.
    const counted = isRoom || who.agent !== undefined ? who : SHARED;
    const key = keyOf(listener, fault, counted);
    const tally = this.#tallies.get(key);
    if (tally) tally.count += count;
    else this.#tallies.set(key, { listener, fault, who: counted, from, count });
    this.#timer ??= setTimeout(() => {
      this.flush().catch(this.#onProblem);
    }, WINDOW_MS).unref();
  }

  #records(tallies: readonly Tally[]): readonly LogRecord[] {
    const to = recordTime(this.#now());
    return tallies.map(({ listener, fault, who, from, count }) => ({
      type: 'refusals' as const,
      listener,
      fault,
      count,
      from: recordTime(from),
      to,
      ...said(who),
    }));
  }
}

function said(who: Refused) {
  if (who.agent !== undefined) return who;
  return who.source === '' ? {} : { sealed: { source: { address: who.source } } };
}

function keyOf(listener: Listener, fault: string, who: Refused): string {
  return JSON.stringify([listener, fault, who]);
}
