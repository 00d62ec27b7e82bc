// SPDX-License-Identifier: Apache-2.0

import { upstreamUser } from '@countersign/wire';
import type { Committed, Decided } from '../exchange.ts';
import type { Stage } from '../lane-table.ts';
import type { Log } from '../log/log.ts';
import { decisionOf, exchangeFacts, recordTime, sealedFacts } from '../records/exchange-facts.ts';

/** Makes the intent durable: from here on, and not before, something with side effects may leave. */
export function commit(log: Log, now: () => Date): Stage<Decided, Decided & Pick<Committed, 'intended'>> {
  return async (exchange) => {
    await log.append([
      {
        type: 'intent',
        ...exchangeFacts(exchange),
        decision: decisionOf(exchange.made),
        impersonated: { user: upstreamUser(exchange.principal.id), groups: [...exchange.upstreamGroups] },
        times: { received: recordTime(exchange.receivedAt), decided: recordTime(now()) },
        sealed: sealedFacts(exchange),
      },
    ]);
    return { ...exchange, intended: true };
  };
}
