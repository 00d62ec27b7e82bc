// SPDX-License-Identifier: Apache-2.0
import type { Authenticated, Identified } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import { callerOf } from '../identity/caller-of.ts';
import type { Stage } from '../lane-table.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { LiveExchanges } from '../streams/live-exchanges.ts';

export interface IdentifyParts {
  readonly registry: AgentRegistry;
  readonly sessions: Sessions;
  readonly live: LiveExchanges;
  readonly now: () => Date;
}

/** Which registered agent calls, in which session, and what it is upstream. From here on the exchange can be ended. */
export function identify({ registry, sessions, live, now }: IdentifyParts): Stage<Authenticated, Identified> {
  return async (exchange) => {
    const { id, token, cluster, abort } = exchange;
    const caller = callerOf(token, cluster, registry, now().getTime());
    if (caller instanceof Fault) return caller;
    const { principal, upstreamGroups } = caller;
    const { session, leave } = await sessions.enter(principal, cluster, token);
    const facts = { id, cluster, principal, upstreamGroups, session, token };
    const inRegistry = live.add(facts, (fault) => abort.abort(fault));
    const life = {
      ...inRegistry,
      leave() {
        inRegistry.leave();
        leave();
      },
    };
    // What changed before it was among the live ones has not been asked of it.
    const again = callerOf(token, cluster, registry, now().getTime());
    if (again instanceof Fault) {
      life.leave();
      return again;
    }
    return { ...exchange, principal, upstreamGroups, session, life };
  };
}
