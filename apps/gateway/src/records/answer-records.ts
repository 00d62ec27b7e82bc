// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import { upstreamUser } from '@countersign/wire';
import type { Exchange, Masked } from '../exchange.ts';
import type { Fault } from '../faults.ts';
import { decisionOf, exchangeFacts, recordTime, sealedFacts } from './exchange-facts.ts';

type Record<T extends LogRecord['type']> = Extract<LogRecord, { type: T }>;
type Outcome = Record<'outcome'>;

/** What has been released of an answer so far. */
export interface Released {
  readonly bytes: number;
  /** How many values each rule masked. */
  readonly masked: Readonly<globalThis.Record<string, number>>;
}

const maskedOf = (masked: Released['masked']) => Object.entries(masked).map(([rule, count]) => ({ rule, count }));

function forwardedFacts({ principal, upstreamGroups }: Masked) {
  return { impersonated: { user: upstreamUser(principal.id), groups: [...upstreamGroups] } };
}

/** The one record of an answer without side effects that fits in a buffer. */
export function answerRecord(exchange: Masked, { bytes, masked }: Released, now: Date): Record<'answer'> {
  return {
    type: 'answer',
    ...exchangeFacts(exchange),
    ...forwardedFacts(exchange),
    decision: decisionOf(exchange.made),
    status: exchange.response.status,
    bytes,
    masked: maskedOf(masked),
    times: { received: recordTime(exchange.receivedAt), answered: recordTime(now) },
    sealed: sealedFacts(exchange),
  };
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
    result: status < 400 ? 'done' : 'failed',
    status,
    ...(released === undefined ? {} : { bytes: released.bytes, masked: maskedOf(released.masked) }),
    ...(effect === undefined ? {} : { effect }),
    times: { received: recordTime(exchange.receivedAt), answered: recordTime(now) },
  };
}

/** An intent whose answer never came: nothing left the gateway, or nobody knows. */
export function lostOutcomeRecord(exchange: Exchange, fault: Fault, sent: boolean, now: Date): Outcome {
  return {
    type: 'outcome',
    ...exchangeFacts(exchange),
    result: sent ? 'unknown' : 'not sent',
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
    ...forwardedFacts(exchange),
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
    times: { received: recordTime(exchange.receivedAt), answered: recordTime(now) },
    sealed: sealedFacts(exchange),
  };
}
