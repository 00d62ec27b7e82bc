// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { Exchange, Masked } from '../exchange.ts';
import type { Fate } from '../fate.ts';
import type { Fault } from '../faults.ts';
import { decisionOf, exchangeFacts, impersonatedOf, recordTime, sealedFacts } from './exchange-facts.ts';

type Record<T extends LogRecord['type']> = Extract<LogRecord, { type: T }>;
type Outcome = Record<'outcome'>;

/** What has been released of an answer so far. */
export interface Released {
  readonly bytes: number;
  /** How many values each rule masked. */
  readonly masked: Readonly<globalThis.Record<string, number>>;
}

const maskedOf = (masked: Released['masked']) => Object.entries(masked).map(([rule, count]) => ({ rule, count }));

/** The one record of an answer without side effects that fits in a buffer. */
export function answerRecord(exchange: Masked, { bytes, masked }: Released, now: Date): Record<'answer'> {
  return {
    type: 'answer',
    ...exchangeFacts(exchange),
    impersonated: impersonatedOf(exchange),
    decision: decisionOf(exchange.made),
    status: exchange.response.status,
    bytes,
    masked: maskedOf(masked),
    times: { received: recordTime(exchange.receivedAt), answered: recordTime(now) },
    sealed: sealedFacts(exchange),
  };
}

/**
 * Of a write that ran into an error or out of time on its way to etcd, or to another server, nobody knows: with a 503 an API
 * server also says that it lost the connection to an aggregated one, which may have carried it out.
 */
const DOUBTFUL: ReadonlySet<number> = new Set([500, 502, 503, 504]);

function resultOf(status: number): Outcome['result'] {
  if (status < 400) return 'done';
  return DOUBTFUL.has(status) ? 'unknown' : 'failed';
}

/** What became of an intent, as far as the API server's answer tells. */
export function outcomeRecord(
  exchange: Masked,
  released: Released | undefined,
  effect: Outcome['effect'],
  now: Date,
): Outcome {
  const { status } = exchange.response;
  return {
    type: 'outcome',
    ...exchangeFacts(exchange),
    result: resultOf(status),
    status,
    ...(released === undefined ? {} : { bytes: released.bytes, masked: maskedOf(released.masked) }),
    ...(effect === undefined ? {} : { effect }),
    times: { received: recordTime(exchange.receivedAt), answered: recordTime(now) },
  };
}

/** An intent whose answer never came. */
export function lostOutcomeRecord(exchange: Exchange, fault: Fault, fate: Fate, now: Date): Outcome {
  return {
    type: 'outcome',
    ...exchangeFacts(exchange),
    result: fate,
    reason: fault.code,
    status: fault.row.status,
    times: { received: recordTime(exchange.receivedAt), answered: recordTime(now) },
  };
}

/** Durable before the first byte of an answer that is longer than a buffer. */
export function answerStartRecord(exchange: Masked, now: Date): Record<'answer.start'> {
  return {
    type: 'answer.start',
    ...exchangeFacts(exchange),
    impersonated: impersonatedOf(exchange),
    ...(exchange.intended ? {} : { decision: decisionOf(exchange.made), sealed: sealedFacts(exchange) }),
    status: exchange.response.status,
    times: { received: recordTime(exchange.receivedAt), answered: recordTime(now) },
  };
}

/** Durable before the end of a longer answer is signalled; with a fault, it was cut. */
export function answerEndRecord(exchange: Masked, { bytes, masked }: Released, cutBy?: Fault): Record<'answer.end'> {
  return {
    type: 'answer.end',
    ...exchangeFacts(exchange),
    end: cutBy ? 'cut' : 'complete',
    ...(cutBy ? { reason: cutBy.code } : {}),
    bytes,
    masked: maskedOf(masked),
  };
}

/** An exchange that ended before anything was released. */
export function refusalRecord(exchange: Exchange, fault: Fault, now: Date): Record<'refusal'> {
  const { origin, verdict, status } = fault.row;
  return {
    type: 'refusal',
    ...exchangeFacts(exchange),
    verdict,
    fault: fault.code,
    origin,
    status,
    ...(exchange.made === undefined ? {} : { decision: decisionOf(exchange.made) }),
    ...(fault.approval === undefined ? {} : { approval: fault.approval }),
    times: { received: recordTime(exchange.receivedAt), answered: recordTime(now) },
    sealed: sealedFacts(exchange),
  };
}

/** What is left to say of an exchange when its record is no record. */
export function bareRecord(exchange: Exchange, fault: Fault, fate: Fate): Outcome | Record<'refusal'> {
  const { id, cluster, intended, response } = exchange;
  if (intended) {
    const result = response ? resultOf(response.status) : fate;
    return { type: 'outcome', exchange: id, cluster, result, reason: fault.code };
  }
  const { origin, verdict, status } = fault.row;
  return { type: 'refusal', exchange: id, cluster, verdict, fault: fault.code, origin, status };
}
