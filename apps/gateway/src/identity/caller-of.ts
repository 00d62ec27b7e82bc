// SPDX-License-Identifier: Apache-2.0
import { Fault, type FaultCode } from '../faults.ts';
import { StoreError } from '../store/store-error.ts';
import type { AgentRegistry, Caller } from './agent-registry.ts';
import type { TokenFacts } from './authentication.ts';
import { identify, type UnidentifiedReason } from './identify.ts';
import { sessionKey } from './session-key.ts';

const faultOf: Readonly<Record<UnidentifiedReason, FaultCode>> = {
  unregistered: 'ERR_AGENT_UNREGISTERED',
  expired: 'ERR_AGENT_EXPIRED',
  disabled: 'ERR_AGENT_DISABLED',
  orphaned: 'ERR_AGENT_ORPHANED',
  locked: 'ERR_AGENT_LOCKED',
};

/** Which registered agent a token stands for on a cluster, as the registry has it now, or why none: also where that isn't known. */
export function callerOf(token: TokenFacts, cluster: string, registry: AgentRegistry, nowMs: number): Caller | Fault {
  try {
    return callerNow(token, cluster, registry, nowMs);
  } catch (cause) {
    if (cause instanceof StoreError) return new Fault('ERR_STORE_UNAVAILABLE', '', { cause });
    throw cause;
  }
}

function callerNow(token: TokenFacts, cluster: string, registry: AgentRegistry, nowMs: number): Caller | Fault {
  const known = registry.knownCaller(token, cluster);
  const hasRunOut =
    known && (registry.isExpired(known.principal.id, nowMs) || registry.isClusterExpired(cluster, nowMs));
  if (known && !hasRunOut) return known;
  const caller = findCaller(token, cluster, registry, nowMs);
  if (!(caller instanceof Fault)) registry.keepCaller(token, cluster, caller);
  return caller;
}

function findCaller(token: TokenFacts, cluster: string, registry: AgentRegistry, nowMs: number): Caller | Fault {
  const result = identify(token, registry, nowMs);
  if (result.kind === 'unavailable') return new Fault('ERR_STORE_UNAVAILABLE');
  if (result.kind === 'refused') return new Fault(faultOf[result.reason]);
  const { principal } = result;
  if (principal.kind !== 'agent') return new Fault('ERR_AGENT_UNREGISTERED');
  const grant = registry.clusterGrant(principal.id, cluster, nowMs);
  if (grant === 'locked') return new Fault('ERR_AGENT_LOCKED');
  if (grant === 'disabled') return new Fault('ERR_CLUSTER_DISABLED');
  if (grant === undefined) return new Fault('ERR_CLUSTER_NOT_GRANTED');
  if (registry.locksSession(sessionKey(principal, cluster, token))) return new Fault('ERR_AGENT_LOCKED');
  return { principal, upstreamGroups: grant.groups };
}
