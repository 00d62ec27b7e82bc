// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { LogRecord } from '@countersign/evidence';
import { everyDocument } from '../store/every-document.ts';
import type { AgentDocument, ClusterDocument, Collection, Store, Versioned } from '../store/store.ts';
import type { AgentConfig, Config } from './schema.ts';

/** A document that changed, for the record. */
interface Change<T> {
  readonly kind: 'registered' | 'changed' | 'removed';
  readonly id: string;
  readonly value: T;
}

const digestOf = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');

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
    ...(agent.expiresAt === undefined ? {} : { expiresAt: agent.expiresAt }),
  };
}

type Sourced = { readonly source: 'config' | 'api' };

async function put<T extends Sourced>(
  collection: Collection<T>,
  old: Versioned<T> | undefined,
  id: string,
  value: T,
): Promise<Change<T>['kind'] | undefined> {
  if (!old) return (await collection.insert(id, value)) ? 'registered' : undefined;
  if (digestOf(old.value) === digestOf(value)) return undefined;
  return (await collection.replace(id, old.version, value)) ? 'changed' : undefined;
}

/** Makes a collection say what the file says; documents that came by the API are left alone, unless the file names them. */
async function reconcile<T extends Sourced>(
  collection: Collection<T>,
  wanted: ReadonlyMap<string, T>,
): Promise<readonly Change<T>[]> {
  const changes: Change<T>[] = [];
  const present = new Map((await everyDocument(collection)).map((document) => [document.id, document]));
  for (const [id, value] of wanted) {
    const kind = await put(collection, present.get(id), id, value);
    if (kind) changes.push({ kind, id, value });
  }
  for (const { id, version, value } of present.values()) {
    if (wanted.has(id) || value.source !== 'config') continue;
    if (await collection.remove(id, version)) changes.push({ kind: 'removed', id, value });
  }
  return changes;
}

function agentRecord({ kind, id, value }: Change<AgentDocument>): LogRecord {
  const common = { agent: id, owner: value.owner, source: value.source };
  if (kind === 'removed') return { type: 'agent.removed', ...common };
  return { type: kind === 'registered' ? 'agent.registered' : 'agent.changed', ...common, digest: digestOf(value) };
}

function clusterRecord({ kind, id, value }: Change<ClusterDocument>): LogRecord {
  const common = { cluster: id, source: value.source };
  if (kind === 'removed') return { type: 'cluster.removed', ...common };
  return { type: kind === 'registered' ? 'cluster.registered' : 'cluster.changed', ...common, digest: digestOf(value) };
}

/** Brings the agents and clusters of a configuration into the store; returns a record for each that changed. */
export async function importConfig(config: Config, store: Store): Promise<readonly LogRecord[]> {
  const clusters = new Map(
    config.clusters.map(({ name, description }) => [name, { source: 'config' as const, description }]),
  );
  const agents = new Map(config.agents.map((agent) => [agent.id, agentDocument(agent, config)]));
  return [
    ...(await reconcile(store.clusters, clusters)).map(clusterRecord),
    ...(await reconcile(store.agents, agents)).map(agentRecord),
  ];
}
