// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { LogRecord } from '@countersign/evidence';
import { keepFormer } from '../identity/former-agents.ts';
import { everyDocument } from '../store/every-document.ts';
import type { AgentDocument, ClusterDocument, Collection, Store, Versioned } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import type { AgentConfig, Config } from './schema.ts';

/** A document that is to change: what the record of it says, and the change itself. */
interface Change<T> {
  readonly kind: 'registered' | 'changed' | 'removed';
  readonly id: string;
  readonly value: T;
  /** What stands there until then. */
  readonly old?: T;
  /** False when the document is not what it was when the change was planned. */
  readonly apply: () => Promise<boolean>;
}

/** SHA-256 of a stored document, in hex: what records say of it. */
export function documentDigest(value: AgentDocument | ClusterDocument): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function agentDocument(agent: AgentConfig, config: Config): AgentDocument {
  const issuer = config.issuers.find(({ name }) => name === agent.match.issuer);
  return {
    source: 'config',
    state: agent.disabled ? 'disabled' : 'enabled',
    owner: agent.owner,
    purpose: agent.purpose,
    match: { issuer: issuer?.issuer ?? '', subject: agent.match.subject },
    groups: agent.groups,
    clusters: Object.fromEntries(agent.clusters.map(({ name, groups }) => [name, { groups }])),
    limits: agent.limits,
    ...(agent.waits ? {} : { waits: false }),
    ...(agent.expiresAt === undefined ? {} : { expiresAt: agent.expiresAt }),
  };
}

function clusterDocument({ description, disabled, expiresAt }: Config['clusters'][number]): ClusterDocument {
  return {
    ...{ source: 'config', description },
    ...(disabled ? { state: 'disabled' } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function planPut<T extends AgentDocument | ClusterDocument>(
  collection: Collection<T>,
  old: Versioned<T> | undefined,
  id: string,
  value: T,
): readonly Change<T>[] {
  if (!old) return [{ kind: 'registered', id, value, apply: () => collection.insert(id, value) }];
  if (documentDigest(old.value) === documentDigest(value)) return [];
  return [{ kind: 'changed', id, value, old: old.value, apply: () => collection.replace(id, old.version, value) }];
}

/** What makes a collection say what the file says; documents that came by the API are left alone, unless the file names them. */
async function plan<T extends AgentDocument | ClusterDocument>(
  collection: Collection<T>,
  wanted: ReadonlyMap<string, T>,
): Promise<readonly Change<T>[]> {
  const present = new Map((await everyDocument(collection)).map((document) => [document.id, document]));
  const puts = [...wanted].flatMap(([id, value]) => planPut(collection, present.get(id), id, value));
  const doomed = [...present.values()].filter(({ id, value }) => !wanted.has(id) && value.source === 'config');
  const removals = doomed.map(({ id, version, value }): Change<T> => {
    return { kind: 'removed', id, value, old: value, apply: () => collection.remove(id, version) };
  });
  return [...puts, ...removals];
}

function agentRecord({ kind, id, value }: Change<AgentDocument>): LogRecord {
  const common = { agent: id, owner: value.owner, source: value.source };
  if (kind === 'removed') return { type: 'agent.removed', ...common };
  return {
    type: kind === 'registered' ? 'agent.registered' : 'agent.changed',
    ...common,
    digest: documentDigest(value),
  };
}

function clusterRecord({ kind, id, value }: Change<ClusterDocument>): LogRecord {
  const common = { cluster: id, source: value.source };
  if (kind === 'removed') return { type: 'cluster.removed', ...common };
  return {
    type: kind === 'registered' ? 'cluster.registered' : 'cluster.changed',
    ...common,
    digest: documentDigest(value),
  };
}

/** A token that an agent is known by no more stays one that was an agent's. */
async function keepReplaced({ kind, id, value, old }: Change<AgentDocument>, store: Store): Promise<void> {
  if (!old) return;
  const isKept = kind !== 'removed' && JSON.stringify(old.match) === JSON.stringify(value.match);
  if (!isKept) await keepFormer(store, id, old);
}

/** What a configuration changes in the store. */
export interface ConfigImport {
  /** To be durable before `apply`: what is in the store already is no change any more, and would never be on record. */
  readonly records: readonly LogRecord[];
  /** @throws StoreError; what was left undone is in the plan of the next attempt */
  apply(): Promise<void>;
}

/** Compares the agents and clusters of a configuration with those in the store. */
export async function planImport(config: Config, store: Store): Promise<ConfigImport> {
  const wantedClusters = new Map(
    config.clusters.map((cluster): [string, ClusterDocument] => [cluster.name, clusterDocument(cluster)]),
  );
  const wantedAgents = new Map(config.agents.map((agent) => [agent.id, agentDocument(agent, config)]));
  const clusters = await plan(store.clusters, wantedClusters);
  const agents = await plan(store.agents, wantedAgents);
  return {
    records: [...clusters.map(clusterRecord), ...agents.map(agentRecord)],
    async apply() {
      for (const change of agents) await keepReplaced(change, store);
      for (const { id, apply } of [...clusters, ...agents]) {
        if (!(await apply()))
          throw new StoreError('ERR_STORE_UNAVAILABLE', `${id} was changed by somebody else meanwhile`);
      }
    },
  };
}
