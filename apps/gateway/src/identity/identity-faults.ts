// SPDX-License-Identifier: Apache-2.0
import type { FaultRow } from '../fault-row.ts';

/** Who is let in nowhere, or not to a cluster: a part of the table of faults. */
export const identityFaults = {
  ERR_AGENT_UNREGISTERED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message:
      'this token is valid, but no agent is registered for its issuer and subject; ask an operator to register it under `agents`',
  },
  ERR_AGENT_EXPIRED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: "the agent's registration has expired; ask its owner to renew it",
  },
  ERR_AGENT_DISABLED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'the agent is disabled; ask its owner',
  },
  ERR_AGENT_ORPHANED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: "the agent's owner is gone, and nobody answers for it; ask an operator to name another owner",
  },
  ERR_AGENT_LOCKED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'a lock is on this agent, its owner, its session or this cluster; ask an operator',
  },
  ERR_CLUSTER_NOT_GRANTED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'the agent is not registered for this cluster, or there is no such cluster',
  },
  ERR_CLUSTER_DISABLED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'this cluster is disabled at the gateway, or its registration has expired; ask an operator',
  },
} as const satisfies Record<string, FaultRow>;
