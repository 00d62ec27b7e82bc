// SPDX-License-Identifier: Apache-2.0
import type { Principal } from '@countersign/policy';
import { DEFAULT_LIMITS, type Limits } from '../limits/agent-limits.ts';
import { everyDocument } from '../store/every-document.ts';
import { LatestRead } from '../store/latest-read.ts';
import type {
  AgentDocument,
  ClusterDocument,
  FormerAgentDocument,
  GoneOwnerDocument,
  LockDocument,
  Store,
  Versioned,
} from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import type { TokenFacts } from './authentication.ts';
import { isClusterIn } from './cluster-state.ts';
import type { FormerAgent, RegisteredAgent, Registry } from './identify.ts';
import { sessionKeyDigest } from './session-key.ts';

/** A registered agent that calls, and what it is upstream. */
export interface Caller {
  readonly principal: Principal;
  readonly upstreamGroups: readonly string[];
}

interface Snapshot {
  /** `Store.standing` from before it was read. */
  readonly standing: number;
  readonly byToken: ReadonlyMap<string, Versioned<AgentDocument>>;
  readonly byId: ReadonlyMap<string, Versioned<AgentDocument>>;
  readonly formerByToken: ReadonlyMap<string, FormerAgentDocument>;
  readonly clusters: ReadonlyMap<string, ClusterDocument>;
  readonly owners: ReadonlySet<string>;
  readonly goneOwners: ReadonlySet<string>;
  readonly locked: ReadonlySet<string>;
  /** Digests of the keys of sessions that are locked. */
  readonly lockedSessions: ReadonlySet<string>;
  /** Whom tokens have been found to stand for, by cluster. */
  readonly callers: WeakMap<TokenFacts, Map<string, Caller>>;
}

const tokenKey = (issuer: string, subject: string) => JSON.stringify([issuer, subject]);

/** Where two are known by the same token, the one in the configuration file is meant: who runs the gateway named it there. */
function byTokenOf(agents: readonly Versioned<AgentDocument>[]): ReadonlyMap<string, Versioned<AgentDocument>> {
  const declaredLast = agents.toSorted((one, other) => Number(isDeclared(one)) - Number(isDeclared(other)));
  return new Map(declaredLast.map((agent) => [tokenKey(agent.value.match.issuer, agent.value.match.subject), agent]));
}

function isDeclared({ value }: Versioned<AgentDocument>): boolean {
  return value.source === 'config';
}

/** What is read of the store at once. */
interface Found {
  /** `Store.standing` from before. */
  readonly standing: number;
  readonly agents: readonly Versioned<AgentDocument>[];
  readonly clusters: readonly Versioned<ClusterDocument>[];
  readonly locks: readonly Versioned<LockDocument>[];
  readonly goneOwners: readonly Versioned<GoneOwnerDocument>[];
  readonly formers: readonly Versioned<FormerAgentDocument>[];
}

/** Who is registered, and where, as the store said at the last `refresh`: answers never wait for the store. */
export class AgentRegistry implements Registry {
  readonly #store: Store;
  readonly #latest = new LatestRead();
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Reads what is registered, and locks, anew; MUST be called after each change of them here. Until the first time everybody
   * is refused.
   * @throws StoreError
   */
  async refresh(): Promise<void> {
    await this.#latest.take(
      () => this.#read(),
      (found) => this.#keep(found),
    );
  }

  /** As `refresh`, where anything has changed since, at whichever gateway of the store. @throws StoreError */
  async catchUp(): Promise<void> {
    const standing = await this.#store.standing();
    if (standing !== this.#snapshot?.standing) await this.refresh();
  }

  /** Until the next `refresh` everybody is refused: nobody knows who is locked. */
  forget(): void {
    if (!this.#snapshot) return;
    this.#snapshot = undefined;
    this.#tell();
  }

  lookup(issuer: string, subject: string): RegisteredAgent | FormerAgent | undefined {
    const { byToken, formerByToken, goneOwners, locked } = this.#current();
    const agent = byToken.get(tokenKey(issuer, subject));
    if (!agent) {
      const former = formerByToken.get(tokenKey(issuer, subject));
      return former && { kind: 'former', id: former.agent, owner: former.owner };
    }
    const { id, value } = agent;
    return {
      kind: 'agent',
      id,
      owner: value.owner,
      purpose: value.purpose,
      enabled: value.state === 'enabled',
      orphaned: goneOwners.has(value.owner),
      expiresAt: value.expiresAt === undefined ? undefined : Date.parse(value.expiresAt),
      locked: locked.has(`agent:${id}`) || locked.has(`owner:${value.owner}`),
      groups: value.groups,
    };
  }

  /** The caller that was kept for a token and a cluster, if nothing but time has passed since. */
  knownCaller(token: TokenFacts, cluster: string): Caller | undefined {
    return this.#current().callers.get(token)?.get(cluster);
  }

  /** Keeps a caller until the next `refresh` that changes anything, or until nobody has its token any more. */
  keepCaller(token: TokenFacts, cluster: string, caller: Caller): void {
    const { callers } = this.#current();
    const ofToken = callers.get(token) ?? new Map();
    callers.set(token, ofToken.set(cluster, caller));
  }

  /** The agent's entry for a cluster: its groups upstream; or that the cluster is locked, or disabled; or that it has none there. */
  clusterGrant(
    agentId: string,
    cluster: string,
    nowMs: number,
  ): { readonly groups: readonly string[] } | 'locked' | 'disabled' | undefined {
    const { byId, clusters: registered, locked } = this.#current();
    const clusters = byId.get(agentId)?.value.clusters ?? {};
    const found = registered.get(cluster);
    if (!Object.hasOwn(clusters, cluster) || !found) return undefined;
    if (locked.has(`cluster:${cluster}`)) return 'locked';
    return isClusterIn(found, nowMs) ? clusters[cluster] : 'disabled';
  }

  /** Whether a cluster's registration has run out. */
  isClusterExpired(cluster: string, nowMs: number): boolean {
    const expiresAt = this.#current().clusters.get(cluster)?.expiresAt;
    return expiresAt !== undefined && nowMs >= Date.parse(expiresAt);
  }

  /** Names of the registered clusters. */
  clusterNames(): readonly string[] {
    return [...this.#current().clusters.keys()];
  }

  /** Whether a lock is on the session with this `sessionKey`. */
  locksSession(key: string): boolean {
    const { lockedSessions } = this.#current();
    return lockedSessions.size > 0 && lockedSessions.has(sessionKeyDigest(key));
  }

  /** Who answers for an agent, by its entry. */
  ownerOf(agentId: string): string | undefined {
    return this.#current().byId.get(agentId)?.value.owner;
  }

  /** Ids of the agents whose entries name one of these owners. */
  ownedBy(owners: readonly string[]): readonly string[] {
    const entries = owners.length === 0 ? [] : [...this.#current().byId.values()];
    return entries.filter(({ value }) => owners.includes(value.owner)).map(({ id }) => id);
  }

  /** Whether an agent's entry names this owner, exactly, who is not gone. */
  hasOwner(owner: string): boolean {
    return this.#current().owners.has(owner) && !this.isGone(owner);
  }

  /** Whether nobody answers for the agents of this owner any more. */
  isGone(owner: string): boolean {
    return this.#current().goneOwners.has(owner);
  }

  /** Whether an agent's registration has run out. */
  isExpired(agentId: string, nowMs: number): boolean {
    const expiresAt = this.#current().byId.get(agentId)?.value.expiresAt;
    return expiresAt !== undefined && nowMs >= Date.parse(expiresAt);
  }

  /** Called after each `refresh`, and when all is forgotten; returns the way to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  limitsOf(agentId: string): Limits {
    return this.#current().byId.get(agentId)?.value.limits ?? DEFAULT_LIMITS;
  }

  /** Whether requests of an agent wait for a countersignature, where they don't say so themselves. */
  waits(agentId: string): boolean {
    return this.#current().byId.get(agentId)?.value.waits ?? true;
  }

  async #read(): Promise<Found> {
    const { agents, clusters, formerAgents, goneOwners, locks } = this.#store;
    // Counted first: what changes while this reads is read once more.
    const standing = await this.#store.standing();
    // Former ones last: whoever stops to be an agent while this reads is one of the two at least.
    const [present, reached, locked, gone] = await Promise.all([
      everyDocument(agents),
      everyDocument(clusters),
      everyDocument(locks),
      everyDocument(goneOwners),
    ]);
    const formers = await everyDocument(formerAgents);
    return { standing, agents: present, clusters: reached, locks: locked, goneOwners: gone, formers };
  }

  #keep(found: Found): void {
    const { standing, agents, clusters, formers, goneOwners, locks } = found;
    this.#snapshot = {
      standing,
      byId: new Map(agents.map((agent) => [agent.id, agent])),
      byToken: byTokenOf(agents),
      formerByToken: new Map(formers.map(({ value }) => [tokenKey(value.match.issuer, value.match.subject), value])),
      clusters: new Map(clusters.map(({ id, value }) => [id, value])),
      owners: new Set(agents.map(({ value }) => value.owner)),
      goneOwners: new Set(goneOwners.map(({ id }) => id)),
      locked: new Set(locks.map(({ value }) => `${value.kind}:${value.target}`)),
      lockedSessions: new Set(locks.flatMap(({ value }) => value.sessionKey ?? [])),
      callers: new WeakMap(),
    };
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** @throws StoreError */
  #current(): Snapshot {
    if (!this.#snapshot) throw new StoreError('ERR_STORE_UNAVAILABLE', 'who is registered has not been read');
    return this.#snapshot;
  }
}
