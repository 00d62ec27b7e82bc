// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import type { Committed } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import { callerOf } from '../identity/caller-of.ts';
import type { Log } from '../log/log.ts';
import { useDecisionRecord } from '../records/approval-records.ts';
import { faultOf } from '../respond/fault-of.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { type DecideAgainParts, decideAgain, policyFault } from './decide-again.ts';

export interface StillMayParts extends DecideAgainParts {
  readonly registry: AgentRegistry;
  readonly sessions: Pick<Sessions, 'has'>;
  readonly log: Pick<Log, 'append'>;
}

/** Why the caller may begin nothing more: what would have ended an exchange that may be cut. */
function endedBy(exchange: Committed, { registry, sessions, now }: StillMayParts): Fault | undefined {
  const { abort, token, cluster, principal, upstreamGroups, session } = exchange;
  if (abort.signal.aborted) return faultOf(abort.signal.reason);
  const nowMs = now().getTime();
  if (nowMs >= token.expiresAt) return new Fault('ERR_TOKEN_EXPIRED');
  const caller = callerOf(token, cluster, registry, nowMs);
  if (caller instanceof Fault) return caller;
  if (!isDeepStrictEqual(caller, { principal, upstreamGroups }))
    return new Fault('ERR_ENDED', 'the registration of its agent changed');
  return sessions.has(session) ? undefined : new Fault('ERR_ENDED', 'its session was ended');
}

/** The exchange by the policies of this moment. */
async function decidedNow(exchange: Committed, parts: StillMayParts): Promise<Committed | Fault> {
  const { policies, log } = parts;
  const { countersigned } = exchange;
  if (countersigned === undefined) throw new TypeError('nobody has countersigned it');
  const { epoch } = policies;
  const made = await decideAgain(exchange, {}, parts);
  // By others still: they are asked next.
  if (policies.epoch !== epoch) return exchange;
  const refusal = policyFault(exchange, made, countersigned, parts);
  await log.append([useDecisionRecord(exchange, made)]);
  return refusal ?? { ...exchange, made, lookedUnder: epoch };
}

/**
 * Asks of a countersigned exchange that goes on step by step, before each, what is asked when it is let in: whether a lock, the
 * registry, its token or its session end it, at whichever gateway that was said, and policy where that has changed. Gives the
 * exchange by the policies in force; what is refused by them is on record.
 * @throws StoreError, LogError
 */
export function stillMay(parts: StillMayParts): (exchange: Committed) => Promise<Committed | Fault> {
  return async (begun) => {
    for (let exchange = begun; ; ) {
      const isCurrent = exchange.lookedUnder === parts.policies.epoch;
      const decided = isCurrent ? exchange : await decidedNow(exchange, parts);
      if (decided instanceof Fault) return decided;
      exchange = decided;
      await parts.registry.catchUp();
      const fault = endedBy(exchange, parts);
      if (fault) return fault;
      if (exchange.lookedUnder === parts.policies.epoch) return exchange;
    }
  };
}
