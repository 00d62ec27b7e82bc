// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import { documentDigest } from '../config/import-config.ts';
import { everyDocument } from '../store/every-document.ts';
import type { AgentDocument, Store, Versioned } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { keepFormer } from './former-agents.ts';
import {
  type Because,
  Roster,
  type RosterEvent,
  type RosterKind,
  type RosterParts,
  type RosterProblem,
} from './roster.ts';

const MAX_AGENTS = 10_000;

export type AgentRoster = Roster<AgentDocument>;

export interface AgentRosterParts extends RosterParts {
  readonly store: Store;
  readonly registry: RosterParts['registry'] & {
    /** Whether nobody answers for the agents of this owner any more. */
    isGone(owner: string): boolean;
  };
}

type Matched = Pick<AgentDocument, 'match'>;

function recordOf(event: RosterEvent, agent: string, document: AgentDocument, because: Because): LogRecord {
  const { owner, source } = document;
  const common = { agent, owner, source, ...('by' in because ? { by: because.by } : {}) };
  switch (event) {
    case 'registered':
    case 'changed':
      return { type: `agent.${event}`, ...common, digest: documentDigest(document) };
    case 'disabled':
      return { type: 'agent.disabled', ...common, ...('reason' in because ? { reason: because.reason } : {}) };
    case 'enabled':
    case 'expired':
    case 'removed':
      return { type: `agent.${event}`, ...common };
  }
}

function isSameToken({ match: one }: Matched, { match: other }: Matched): boolean {
  return one.issuer === other.issuer && one.subject === other.subject;
}

/** What has nothing to lose here any more. */
const GONE_BY_NOW: ReadonlySet<RosterProblem> = new Set(['unknown', 'declared']);

/**
 * Takes a cluster out of the entries of all agents that were registered here, each on record.
 * @throws StoreError, LogError
 */
export async function takeOutCluster(
  roster: AgentRoster,
  { agents }: Pick<Store, 'agents'>,
  cluster: string,
  by: string,
): Promise<void> {
  const isMeant = ({ value }: Versioned<AgentDocument>) =>
    value.source === 'api' && Object.hasOwn(value.clusters, cluster);
  for (;;) {
    let isDone = true;
    for (const { id, version, value } of (await everyDocument(agents)).filter(isMeant)) {
      const { [cluster]: _, ...clusters } = value.clusters;
      const changed = await roster.change(id, version, { ...value, clusters }, by);
      if (typeof changed !== 'string' || GONE_BY_NOW.has(changed)) continue;
      if (changed !== 'stale')
        throw new StoreError('ERR_STORE_CORRUPT', `the agent ${id} could not lose a cluster: ${changed}`);
      // It is read again.
      isDone = false;
    }
    if (isDone) return;
  }
}

/** The roster of agents: what was one by a token is nobody when it is one no more. */
export function agentRoster({ store, ...parts }: AgentRosterParts): AgentRoster {
  const kind: RosterKind<AgentDocument> = {
    collection: store.agents,
    max: MAX_AGENTS,
    recordOf,
    conflictOf(id, entry, others) {
      const own = others.find((other) => other.id === id);
      // One that is enabled under them already is refused all the same, and must be able to lose something.
      const isLeft = own?.value.state === 'enabled' && own.value.owner === entry.owner;
      if (entry.state === 'enabled' && !isLeft && parts.registry.isGone(entry.owner)) return 'orphaned';
      if (own && isSameToken(own.value, entry)) return undefined;
      const shares = (other: Versioned<AgentDocument>) => other.id !== id && isSameToken(other.value, entry);
      return others.some(shares) ? 'token-taken' : undefined;
    },
    async beforeLeaving(id, old, next) {
      if (!next || !isSameToken(old, next)) await keepFormer(store, id, old);
    },
  };
  return new Roster(kind, parts);
}
