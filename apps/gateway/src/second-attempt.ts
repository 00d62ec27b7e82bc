// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { Lane } from '@countersign/kube';
import type { Committed, Exchange, Masked } from './exchange.ts';
import type { Stopped } from './lane-table.ts';
import type { Log } from './log/log.ts';
import type { Pipeline } from './pipeline.ts';
import { upkeepRecord } from './records/upkeep-record.ts';
import { faultOf } from './respond/fault-of.ts';

/** Without side effects: asked twice, nothing is done twice. */
const REPEATABLE: ReadonlySet<Lane | undefined> = new Set<Lane>(['discovery', 'read', 'watch', 'logs']);

/** Whether an exchange may be sent once more: a read that was lost on its way before anything of its answer went out. */
export function mayAskAgain(exchange: Exchange, error: unknown): exchange is Committed & Exchange {
  const { made, intended, lane, request, attempt, abort, incoming } = exchange;
  return (
    made !== undefined &&
    intended === false &&
    request?.method === 'GET' &&
    REPEATABLE.has(lane) &&
    attempt === undefined &&
    !abort.signal.aborted &&
    !incoming.reply.begun &&
    faultOf(error).code === 'ERR_UPSTREAM_LOST'
  );
}

export interface SecondAttemptParts {
  readonly pipeline: Pipeline;
  readonly log: Log;
}

/**
 * Sends a lost read once more, through whichever connector is there now, under an id of its own that is on record before
 * anything of the answer is released.
 */
export async function askAgain(
  lost: Committed,
  { pipeline, log }: SecondAttemptParts,
  reach: (exchange: Exchange) => void,
): Promise<Masked | Stopped<Exchange>> {
  const attempt = randomUUID();
  const again: Committed = { ...lost, attempt };
  let status: number | undefined;
  const reached = (exchange: Exchange) => {
    if (exchange.response) status = exchange.response.status;
    reach(exchange);
  };
  try {
    return await pipeline.run(again, reached, 'forward');
  } finally {
    await log.append([upkeepRecord(lost, { id: attempt, purpose: 'second-attempt', status })]);
  }
}
