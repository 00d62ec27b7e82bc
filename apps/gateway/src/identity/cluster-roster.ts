// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import { documentDigest } from '../config/import-config.ts';
import type { ClusterDocument, Store } from '../store/store.ts';
import type { Tunnels } from '../tunnel/tunnels.ts';
import { type AgentRoster, takeOutCluster } from './agent-roster.ts';
import { type Because, Roster, type RosterEvent, type RosterKind, type RosterParts } from './roster.ts';

const MAX_CLUSTERS = 1_000;

export type ClusterRoster = Roster<ClusterDocument>;

export interface ClusterRosterParts extends RosterParts {
  readonly store: Store;
  readonly agents: AgentRoster;
  readonly tunnels: Pick<Tunnels, 'voidJoinTokens' | 'revokeAll'>;
}

function recordOf(event: RosterEvent, cluster: string, document: ClusterDocument, because: Because): LogRecord {
  const common = { cluster, source: document.source, ...('by' in because ? { by: because.by } : {}) };
  switch (event) {
    case 'registered':
    case 'changed':
      return { type: `cluster.${event}`, ...common, digest: documentDigest(document) };
    case 'disabled':
      return { type: 'cluster.disabled', ...common, ...('reason' in because ? { reason: because.reason } : {}) };
    case 'enabled':
    case 'expired':
    case 'removed':
      return { type: `cluster.${event}`, ...common };
  }
}

/**
 * The roster of clusters. One that is disabled loses its join tokens, and its tunnels by what is asked of them on and on; its
 * connectors come back by themselves when it is enabled within the life of their certificates. One that is removed loses its connectors' certificates too, and stands in no agent's entry any more:
 * whatever is registered under its name later begins with none of them.
 */
export function clusterRoster({ store, tunnels, agents, ...parts }: ClusterRosterParts): ClusterRoster {
  const forget = async (cluster: string, by: string) => {
    await tunnels.voidJoinTokens(cluster);
    await tunnels.revokeAll(cluster);
    await takeOutCluster(agents, store, cluster, by);
  };
  const kind: RosterKind<ClusterDocument> = {
    collection: store.clusters,
    max: MAX_CLUSTERS,
    recordOf,
    // What was left over where a removal was not carried through, or the configuration file removed it.
    beforeArrival: forget,
    async afterLoss(cluster, loss) {
      if (loss.kind === 'removed') await forget(cluster, loss.by);
      else await tunnels.voidJoinTokens(cluster);
    },
  };
  return new Roster(kind, parts);
}
