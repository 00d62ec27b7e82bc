// SPDX-License-Identifier: Apache-2.0
import { CallerGone, type Incoming } from '../data/incoming.ts';
import type { Exchange } from '../exchange.ts';
import type { Fate } from '../fate.ts';
import { Fault } from '../faults.ts';
import type { SlowRefusals } from '../limits/slow-refusals.ts';
import type { Strangers } from '../limits/strangers.ts';
import type { Log } from '../log/log.ts';
import { LogError } from '../log/log-error.ts';
import { bareRecord, lostOutcomeRecord, outcomeRecord, refusalRecord } from '../records/answer-records.ts';
import { faultOf } from './fault-of.ts';
import type { RefusalCounter } from './refusal-counter.ts';
import { statusAnswer } from './status-answer.ts';

export interface RefuseParts {
  readonly log: Log;
  readonly refusals: RefusalCounter;
  /** How often who has a good token, and is let in nowhere, gets a record to itself. */
  readonly strangers: Strangers;
  readonly slowRefusals: SlowRefusals;
  readonly now: () => Date;
  /** How long a caller may take to read a refusal. */
  readonly answerTimeoutMs: number;
}

/** How far an exchange came that ends in a fault. */
export interface Refused {
  readonly id: string;
  readonly incoming: Incoming;
  readonly reached: Exchange | undefined;
  readonly fault: Fault;
  /** What became of the request upstream, where no answer came back. */
  readonly fate: Fate;
}

function recordOf(exchange: Exchange, { fault, fate }: Refused, now: Date) {
  if (!exchange.intended) return refusalRecord(exchange, fault, now);
  if (exchange.response) {
    const answered = outcomeRecord(exchange as Parameters<typeof outcomeRecord>[0], undefined, undefined, now);
    return { ...answered, reason: fault.code };
  }
  return lostOutcomeRecord(exchange, fault, fate, now);
}

/** Whom no limit of an agent holds must not fill the log either, however often he comes. */
function isRepeating({ principal, token }: Exchange, { strangers }: RefuseParts): boolean {
  return principal === undefined && token !== undefined && strangers.isRepeating(token);
}

/** Puts the refusal on record: by itself once it is known who calls, counted before. A log that fails is a fault of its own. */
async function record(refused: Refused, parts: RefuseParts): Promise<Fault> {
  const { reached, incoming, fault } = refused;
  const isUnknown = reached?.principal === undefined && reached?.token === undefined;
  if (isUnknown || isRepeating(reached, parts)) {
    parts.refusals.count('data', fault.code, { source: incoming.remoteAddress });
    return fault;
  }
  if (fault.row.isCounted && reached.principal) {
    parts.refusals.count('data', fault.code, { agent: reached.principal.id, cluster: reached.cluster });
    return fault;
  }
  try {
    await parts.log.append([recordOf(reached, refused, parts.now())]);
    return fault;
  } catch (error) {
    return error instanceof LogError && error.code === 'ERR_LOG_RECORD'
      ? await recordBarely(reached, refused, parts, error)
      : faultOf(error);
  }
}

/** What can't be said in full must not go unsaid: nothing that a caller, a policy or a cluster chose stands in this record. */
async function recordBarely(exchange: Exchange, { fate }: Refused, { log }: RefuseParts, cause: LogError) {
  const fault = faultOf(cause);
  try {
    await log.append([bareRecord(exchange, fault, fate)]);
    return fault;
  } catch (error) {
    return faultOf(error);
  }
}

/** A write that was answered must not be called undone: clients try again by themselves where a fault says so. */
function honest(fault: Fault, reached: Exchange | undefined): Fault {
  const isOfLog = fault.code === 'ERR_LOG_BUSY' || fault.code === 'ERR_LOG_FAILED';
  return reached?.intended && reached.response && isOfLog
    ? new Fault('ERR_OUTCOME_WITHHELD', '', { cause: fault.cause })
    : fault;
}

/** A limit of the agent's own, which it may reach again at once: a gateway that is full is nobody's doing. */
function isOverLimit({ row }: Fault): boolean {
  return row.isCounted === true && row.verdict === 'denied';
}

/** Answers a fault, on record, as a `metav1.Status`; an answer that has begun is cut. */
export async function refuse(refused: Refused, parts: RefuseParts): Promise<Fault> {
  const { id, incoming, reached } = refused;
  const fault = honest(await record(refused, parts), reached);
  const { reply, gone } = incoming;
  if (isOverLimit(fault) && reached?.principal) {
    reached.hold?.release();
    await parts.slowRefusals.wait(reached.principal.id, gone);
  }
  if (gone.aborted) return fault;
  if (reply.begun) {
    reply.cut();
    return fault;
  }
  const { status, headers, body } = statusAnswer(id, fault, incoming, reached);
  const timer = setTimeout(() => reply.cut(), parts.answerTimeoutMs);
  try {
    // As the API server does: who is unknown opens a connection for each try.
    if (status === 401) reply.closeConnection();
    reply.begin(status, headers);
    await reply.end(body);
  } catch (error) {
    // Who doesn't wait for a refusal is no problem of ours: it is on record.
    if (!(error instanceof CallerGone)) throw error;
  } finally {
    clearTimeout(timer);
  }
  return fault;
}
