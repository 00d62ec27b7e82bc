// SPDX-License-Identifier: Apache-2.0
import type { Authenticated, Identified } from '../exchange.ts';
import { Fault, type FaultCode } from '../faults.ts';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import { identify as identifyCaller, type UnidentifiedReason } from '../identity/identify.ts';
import type { Stage } from '../lane-table.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { LiveExchanges } from '../streams/live-exchanges.ts';

const faultOf: Readonly<Record<UnidentifiedReason, FaultCode>> = {
  unregistered: 'ERR_AGENT_UNREGISTERED',
  expired: 'ERR_AGENT_EXPIRED',
  disabled: 'ERR_AGENT_DISABLED',
  locked: 'ERR_AGENT_LOCKED',
};

export interface IdentifyParts {
  readonly registry: AgentRegistry;
  readonly sessions: Sessions;
  readonly live: LiveExchanges;
  readonly now: () => Date;
}

/** Which registered agent calls, in which session, and what it is upstream. From here on the exchange can be ended. */
export function identify({ registry, sessions, live, now }: IdentifyParts): Stage<Authenticated, Identified> {
  return async (exchange) => {
    const { token, cluster, abort } = exchange;
    const result = await identifyCaller(token, registry, now().getTime());
    if (result.kind === 'unavailable') return new Fault('ERR_STORE_UNAVAILABLE');
    if (result.kind === 'refused') return new Fault(faultOf[result.reason]);
    const { principal } = result;
    if (principal.kind !== 'agent') return new Fault('ERR_AGENT_UNREGISTERED');
    const grant = await registry.clusterGrant(principal.id, cluster);
    if (grant === 'locked') return new Fault('ERR_AGENT_LOCKED');
    if (grant === undefined) return new Fault('ERR_CLUSTER_NOT_GRANTED');
    const { session, leave } = await sessions.enter(principal, cluster, token);
    const remove = live.add(
      { id: exchange.id, cluster, agent: principal.id, owner: principal.owner, session },
      (reason) => abort.abort(new Fault('ERR_ENDED', reason)),
    );
    const release = () => {
      remove();
      leave();
    };
    return { ...exchange, principal, upstreamGroups: grant.groups, session, release };
  };
}
