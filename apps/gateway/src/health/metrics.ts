// SPDX-License-Identifier: Apache-2.0
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Served } from '../serve.ts';
import type { LiveExchanges } from '../streams/live-exchanges.ts';

const SECONDS = [0.005, 0.025, 0.1, 0.25, 1, 5, 30];

/** Counts of what was served. Labels are closed words: no name that a caller could choose. */
export interface Metrics {
  served(served: Served, now: Date): void;
  text(): Promise<string>;
}

export function createMetrics(live: LiveExchanges): Metrics {
  const register = new Registry();
  const exchanges = new Counter({
    name: 'countersign_exchanges_total',
    help: 'Exchanges that are over, by lane and by fault (none when it was answered by the cluster).',
    labelNames: ['lane', 'fault'],
    registers: [register],
  });
  const duration = new Histogram({
    name: 'countersign_exchange_seconds',
    help: 'From the request head to the end of the answer.',
    labelNames: ['lane'],
    buckets: SECONDS,
    registers: [register],
  });
  new Gauge({
    name: 'countersign_live_exchanges',
    help: 'Exchanges under way.',
    registers: [register],
    collect() {
      this.set(live.size);
    },
  });
  return {
    served({ reached, fault }, now) {
      const lane = reached?.lane ?? 'none';
      exchanges.inc({ lane, fault: fault?.code ?? 'none' });
      if (reached) duration.observe({ lane }, (now.getTime() - reached.receivedAt.getTime()) / 1_000);
    },
    text: () => register.metrics(),
  };
}
