// SPDX-License-Identifier: Apache-2.0
import { Fault } from '../faults.ts';
import type { Log } from '../log/log.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { everyDocument } from '../store/every-document.ts';
import type { LockDocument, Store } from '../store/store.ts';
import type { LiveEntry, LiveExchanges } from '../streams/live-exchanges.ts';
import type { Tunnels } from '../tunnel/tunnels.ts';
import type { AgentRegistry } from './agent-registry.ts';
import { sessionKeyDigest } from './session-key.ts';

/** What can be locked. */
export const LOCK_KINDS = ['agent', 'owner', 'session', 'connector', 'cluster'] as const;
export type LockKind = (typeof LOCK_KINDS)[number];

export interface LocksParts {
  readonly store: Store;
  readonly registry: AgentRegistry;
  readonly sessions: Sessions;
  readonly live: LiveExchanges;
  readonly tunnels: Pick<Tunnels, 'cutLocked'>;
  readonly log: Log;
  readonly now: () => Date;
}

/** A lock in force. */
export type Lock = Omit<LockDocument, 'sessionKey'> & { readonly kind: LockKind };

const idOf = (kind: LockKind, target: string) => `${kind}:${target}`;

/** What runs through a connector ends with its tunnel. */
const isOf: Readonly<Record<Exclude<LockKind, 'connector'>, (entry: LiveEntry, target: string) => boolean>> = {
  agent: ({ facts }, target) => facts.principal.id === target,
  owner: ({ facts }, target) => facts.principal.owner === target,
  session: ({ facts }, target) => facts.session === target,
  cluster: ({ facts }, target) => facts.cluster === target,
};

/** Locks: what is locked is refused, and what it had under way ends. They hold over restarts, until they are lifted. */
export class Locks {
  readonly #parts: LocksParts;

  constructor(parts: LocksParts) {
    this.#parts = parts;
  }

  /** Some of them, in order of id. @throws StoreError */
  async page(page: {
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly { readonly id: string; readonly lock: Lock }[]> {
    const documents = await this.#parts.store.locks.list(page);
    return documents.map(({ id, value: { sessionKey: _, ...lock } }) => ({ id, lock: lock as Lock }));
  }

  /** Whether there is such an agent, an agent of such an owner, such a connector or cluster now; sessions that are locked are known. */
  async isKnown(kind: LockKind, target: string): Promise<boolean> {
    const { store } = this.#parts;
    switch (kind) {
      case 'agent':
        return (await store.agents.get(target)) !== undefined;
      case 'owner':
        return (await everyDocument(store.agents)).some(({ value }) => value.owner === target);
      case 'session':
        return true;
      case 'connector':
        return (await everyDocument(store.certificates)).some(({ value }) => value.connector === target);
      case 'cluster':
        return (await store.clusters.get(target)) !== undefined;
    }
  }

  /**
   * Takes effect before it is on record: a lock that can't be recorded still locks. Returns how many exchanges it ended;
   * undefined for a session that is not going on. A locked session stays so when it has ended: who was in it gets no new one.
   * @throws StoreError, LogError
   */
  async lock(kind: LockKind, target: string, by: string, reason: string): Promise<number | undefined> {
    const { store, registry, sessions, log, now } = this.#parts;
    const key = kind === 'session' ? sessions.keyOf(target) : undefined;
    if (kind === 'session' && key === undefined) return undefined;
    const ofSession = key === undefined ? {} : { sessionKey: sessionKeyDigest(key) };
    await store.locks.insert(idOf(kind, target), { kind, target, ...ofSession, by, reason, at: now().toISOString() });
    await registry.refresh();
    const streams = this.#end(kind, target);
    await log.append([{ type: 'lock', kind, target, by, streams, ...(reason === '' ? {} : { sealed: { reason } }) }]);
    return streams;
  }

  /**
   * On record before it takes effect. False when there is no such lock.
   * @throws StoreError, LogError
   */
  async unlock(kind: LockKind, target: string, by: string): Promise<boolean> {
    const { store, registry, log } = this.#parts;
    const found = await store.locks.get(idOf(kind, target));
    if (!found) return false;
    await log.append([{ type: 'unlock', kind, target, by }]);
    await store.locks.remove(found.id, found.version);
    await registry.refresh();
    return true;
  }

  #end(kind: LockKind, target: string): number {
    const { live, tunnels } = this.#parts;
    if (kind === 'connector') return tunnels.cutLocked(target);
    return live.end((entry) => entry.mayBeCut && isOf[kind](entry, target), new Fault('ERR_AGENT_LOCKED'));
  }
}
