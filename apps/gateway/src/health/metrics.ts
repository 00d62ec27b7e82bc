// SPDX-License-Identifier: Apache-2.0
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DeliveryResult } from '../notifications/deliveries.ts';
import type { Served } from '../serve.ts';
import type { LiveExchanges } from '../streams/live-exchanges.ts';

const LOOP_LOOK_MS = 10;
const LOOP_QUANTILES = [0.5, 0.99, 1] as const;
const SECONDS = [0.005, 0.025, 0.1, 0.25, 1, 5, 30];

/** Counts of what was served. Labels are closed words: no name that a caller could choose. */
export interface Metrics {
  notified(result: DeliveryResult, times: number): void;
  served(served: Served, now: Date): void;
  text(): Promise<string>;
}

/** Nothing else is answered while the event loop is kept waiting: how long that was, since the last look. */
function observeEventLoop(register: Registry): void {
  const delays = monitorEventLoopDelay({ resolution: LOOP_LOOK_MS });
  delays.enable();
  new Gauge({
    name: 'countersign_event_loop_delay_seconds',
    help: 'How late the event loop was since the last look, by quantile.',
    labelNames: ['quantile'],
    registers: [register],
    collect() {
      for (const quantile of LOOP_QUANTILES) {
        // The monitor reports how far apart its looks were.
        const apartMs = delays.percentile(quantile * 100) / 1e6;
        this.set({ quantile }, Math.max(0, apartMs - LOOP_LOOK_MS) / 1_000);
      }
      delays.reset();
    },
  });
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
  const notifications = new Counter({
    name: 'countersign_notifications_total',
    help: 'Attempts to deliver a notification, by result; dropped are those that found no room in the outbox.',
    labelNames: ['result'],
    registers: [register],
  });
  observeEventLoop(register);
  return {
    notified: (result, times) => notifications.inc({ result }, times),
    served({ reached, fault }, now) {
      const lane = reached?.lane ?? 'none';
      exchanges.inc({ lane, fault: fault?.code ?? 'none' });
      if (reached) duration.observe({ lane }, (now.getTime() - reached.receivedAt.getTime()) / 1_000);
    },
    text: () => register.metrics(),
  };
}
