// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../faults.ts';
import { TokenBucket } from './token-bucket.ts';

/** What one agent may take of one gateway. */
export interface Limits {
  readonly requestsPerSecond: number;
  /** Exchanges under way at once, watches and followed logs among them. */
  readonly concurrentStreams: number;
  readonly bytesPerMinute: number;
}

/** For agents whose registration says nothing: above what a stock kubectl or client-go allows itself (50 a second, 300 at once). */
export const DEFAULT_LIMITS: Limits = {
  requestsPerSecond: 100,
  concurrentStreams: 256,
  bytesPerMinute: 1_073_741_824,
};

/** So many seconds' worth of requests may come at once. */
const BURST_SECONDS = 5;
const MAX_RETRY_AFTER_SECONDS = 60;
/** Timers have a limit of their own. */
const MAX_WAIT_MS = 60_000;

/** An admitted exchange's share of its agent's limits. */
export interface Allowance {
  /** Counts further requests' worth of work that is done for it. */
  spendRequests(requests: number): void;
  /** Counts bytes that came from the caller or go to it. */
  spend(bytes: number): void;
  /** Resolves once the agent has bytes left; rejects with the signal's reason. */
  hasBytes(signal: AbortSignal): Promise<void>;
  /** Must be called once, when the exchange is over. */
  readonly leave: () => void;
}

const retryAfter = (ms: number) => ({
  retryAfterSeconds: Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(ms / 1_000))),
});

class Meter implements Omit<Allowance, 'leave'> {
  readonly limits: Limits;
  readonly #nowMs: () => number;
  readonly #requests: TokenBucket;
  readonly #bytes: TokenBucket;

  constructor(limits: Limits, nowMs: () => number) {
    const { requestsPerSecond, bytesPerMinute } = limits;
    this.limits = limits;
    this.#nowMs = nowMs;
    this.#requests = new TokenBucket(requestsPerSecond, requestsPerSecond * BURST_SECONDS, nowMs());
    this.#bytes = new TokenBucket(bytesPerMinute / 60, bytesPerMinute, nowMs());
  }

  /** Takes one request, or says why not; what is refused takes nothing. */
  admit(streams: number): Fault | undefined {
    const { requestsPerSecond, concurrentStreams, bytesPerMinute } = this.limits;
    const now = this.#nowMs();
    if (streams >= concurrentStreams) return new Fault('ERR_LIMIT_STREAMS', String(concurrentStreams));
    const untilBytes = this.#bytes.msUntil(0, now);
    if (untilBytes > 0) return new Fault('ERR_LIMIT_BYTES', String(bytesPerMinute), retryAfter(untilBytes));
    const untilRequest = this.#requests.msUntil(1, now);
    if (untilRequest > 0) return new Fault('ERR_LIMIT_REQUESTS', String(requestsPerSecond), retryAfter(untilRequest));
    this.#requests.spend(1, now);
    return undefined;
  }

  spendRequests(requests: number): void {
    this.#requests.spend(requests, this.#nowMs());
  }

  spend(bytes: number): void {
    this.#bytes.spend(bytes, this.#nowMs());
  }

  async hasBytes(signal: AbortSignal): Promise<void> {
    for (;;) {
      const ms = this.#bytes.msUntil(0, this.#nowMs());
      if (ms === 0) return;
      await delay(Math.min(Math.ceil(ms), MAX_WAIT_MS), undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function isSame(one: Limits, other: Limits): boolean {
  return (
    one.requestsPerSecond === other.requestsPerSecond &&
    one.concurrentStreams === other.concurrentStreams &&
    one.bytesPerMinute === other.bytesPerMinute
  );
}

/** What every agent has used of its limits at this gateway; each replica counts for itself. */
export class AgentLimits {
  readonly #nowMs: () => number;
  readonly #meters = new Map<string, Meter>();
  readonly #streams = new Map<string, number>();

  /** `nowMs` is of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Admits one exchange of a registered agent. Changed limits start anew; exchanges under way go on counting. */
  admit(agent: string, limits: Limits): Allowance | Fault {
    const meter = this.#meterOf(agent, limits);
    const streams = this.#streams.get(agent) ?? 0;
    const fault = meter.admit(streams);
    if (fault) return fault;
    this.#streams.set(agent, streams + 1);
    return {
      spendRequests: (requests) => meter.spendRequests(requests),
      spend: (bytes) => meter.spend(bytes),
      hasBytes: (signal) => meter.hasBytes(signal),
      leave: () => this.#leave(agent),
    };
  }

  #meterOf(agent: string, limits: Limits): Meter {
    const known = this.#meters.get(agent);
    if (known && isSame(known.limits, limits)) return known;
    const meter = new Meter(limits, this.#nowMs);
    this.#meters.set(agent, meter);
    return meter;
  }

  #leave(agent: string): void {
    const left = (this.#streams.get(agent) ?? 1) - 1;
    if (left === 0) this.#streams.delete(agent);
    else this.#streams.set(agent, left);
  }
}
