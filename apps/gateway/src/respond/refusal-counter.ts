// SPDX-License-Identifier: Apache-2.0
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
    const counted =
      this.#tallies.size < MAX_SOURCES || this.#tallies.has(keyOf(listener, fault, source)) ? source : SHARED;
    const key = keyOf(listener, fault, counted);
    const tally = this.#tallies.get(key);
    if (tally) tally.count += 1;
    else this.#tallies.set(key, { listener, fault, source: counted, from: this.#now(), count: 1 });
    this.#timer ??= setTimeout(() => {
      this.flush().catch(this.#onProblem);
    }, WINDOW_MS).unref();
  }

  /** Writes what has been counted; resolves when it is durable. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const tallies = [...this.#tallies.values()];
    this.#tallies = new Map();
    if (tallies.length === 0) return;
    const to = recordTime(this.#now());
    await this.#log.append(
      tallies.map(({ listener, fault, source, from, count }) => ({
        type: 'refusals' as const,
        listener,
        fault,
        count,
        from: recordTime(from),
        to,
        ...(source === SHARED ? {} : { sealed: { source: { address: source } } }),
      })),
    );
  }
}

function keyOf(listener: Listener, fault: string, source: string): string {
  return `${listener} ${fault} ${source}`;
}
