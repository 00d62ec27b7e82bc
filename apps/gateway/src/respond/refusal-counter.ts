// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { Log } from '../log/log.ts';
import { recordTime } from '../records/exchange-facts.ts';

const WINDOW_MS = 10_000;
/** Beyond this many sources in a window, further ones share one record a reason. */
const MAX_SOURCES = 256;
const SHARED = '';

interface Tally {
  readonly listener: Listener;
  readonly fault: string;
  readonly source: string;
  readonly from: Date;
  count: number;
}

export type Listener = 'data' | 'tunnel' | 'control';

/** Refusals of callers that nobody has authenticated: one record a source, reason and 10 s, however many there are. */
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
  count(listener: Listener, fault: string, source: string): void {
    this.#add({ listener, fault, source, from: this.#now(), count: 1 });
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

  #add({ listener, fault, source, from, count }: Tally): void {
    const isRoom = this.#tallies.size < MAX_SOURCES || this.#tallies.has(keyOf(listener, fault, source));
    const counted = isRoom ? source : SHARED;
    const key = keyOf(listener, fault, counted);
    const tally = this.#tallies.get(key);
    if (tally) tally.count += count;
    else this.#tallies.set(key, { listener, fault, source: counted, from, count });
    this.#timer ??= setTimeout(() => {
      this.flush().catch(this.#onProblem);
    }, WINDOW_MS).unref();
  }

  #records(tallies: readonly Tally[]): readonly LogRecord[] {
    const to = recordTime(this.#now());
    return tallies.map(({ listener, fault, source, from, count }) => ({
      type: 'refusals' as const,
      listener,
      fault,
      count,
      from: recordTime(from),
      to,
      ...(source === SHARED ? {} : { sealed: { source: { address: source } } }),
    }));
  }
}

function keyOf(listener: Listener, fault: string, source: string): string {
  return `${listener} ${fault} ${source}`;
}
