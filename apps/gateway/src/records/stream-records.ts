// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import { queryBoolean, queryValue } from '@countersign/kube';
import type { Masked } from '../exchange.ts';
import type { Fault } from '../faults.ts';
import { exchangeFacts, impersonatedOf } from './exchange-facts.ts';
import type { PortTraffic } from './port-records.ts';

type Record<T extends LogRecord['type']> = Extract<LogRecord, { type: T }>;

const MAX_CONTAINER = 253;

/** What is known of a stream before anything flows. */
export interface StreamStart {
  readonly stream: string;
  readonly protocol: string;
  /** Ways whose bytes are in its recording. */
  readonly recorded: readonly ('up' | 'down')[];
}

/** Durable before the caller's connection is switched. */
export function streamStartRecord(
  exchange: Masked,
  { stream, protocol, recorded }: StreamStart,
): Record<'stream.start'> {
  const { request } = exchange;
  const container = queryValue(request.query, 'container');
  return {
    type: 'stream.start',
    ...exchangeFacts(exchange),
    impersonated: impersonatedOf(exchange),
    stream,
    protocol,
    recorded: [...recorded],
    ...(container === undefined ? {} : { container: container.slice(0, MAX_CONTAINER) }),
    tty: queryBoolean(request.query, 'tty'),
  };
}

/** What flowed in a stream, and how it ended. */
export interface StreamEnd {
  /** From the caller: stdin. */
  readonly bytesUp: number;
  /** To the caller: stdout and stderr. */
  readonly bytesDown: number;
  /** 0 for a success; absent where the command was not seen to its end. */
  readonly exitCode?: number;
  /** How many values each rule masked. */
  readonly masked: Readonly<globalThis.Record<string, number>>;
  /** Of a port-forward. */
  readonly ports?: readonly PortTraffic[];
  readonly cutBy?: Fault;
}

/** Durable before the end is signalled to the caller; with a fault, it was cut. */
export function streamEndRecord(exchange: Masked, stream: string, end: StreamEnd): Record<'stream.end'> {
  const { bytesUp, bytesDown, exitCode, ports, masked, cutBy } = end;
  return {
    type: 'stream.end',
    ...exchangeFacts(exchange),
    stream,
    end: cutBy ? 'cut' : 'complete',
    ...(cutBy ? { reason: cutBy.code } : {}),
    ...(exitCode === undefined ? {} : { exitCode }),
    bytesUp,
    bytesDown,
    ...(ports === undefined ? {} : { ports: [...ports] }),
    masked: Object.entries(masked).map(([rule, count]) => ({ rule, count })),
  };
}
