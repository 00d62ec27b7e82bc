// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import { documentDigest } from '../config/import-config.ts';
import type { Log } from '../log/log.ts';
import { everyDocument } from '../store/every-document.ts';
import type { AgentDocument, Store, Versioned } from '../store/store.ts';
import type { AgentRegistry } from './agent-registry.ts';
import { keepFormer } from './former-agents.ts';

/** Each is kept in memory by every gateway. */
const MAX_AGENTS = 10_000;

/** What an agent is registered as: its document without what the roster itself says of it. */
export type AgentEntry = Omit<AgentDocument, 'source' | 'letInAt'>;

/** Without a state it is enabled when it is registered, and stays as it is when it is changed. */
export type WantedEntry = Omit<AgentEntry, 'state'> & Partial<Pick<AgentEntry, 'state'>>;

export interface RosterParts {
  readonly store: Store;
  readonly registry: AgentRegistry;
  readonly log: Log;
  readonly now: () => Date;
}

/** Why a change was not made, and nothing is on record of it. */
export type RosterProblem =
  /** There is no such agent. */
  | 'unknown'
  /** It is in the configuration file, which says what it is. */
  | 'declared'
  /** The id is taken already. */
  | 'taken'
  /** It is not at the version that the change was made of. */
  | 'stale'
  /** Another agent is known by the same tokens. */
  | 'token-taken'
  /** There are too many. */
  | 'full';

/** Why an agent is let in no more without anybody having said so. */
export type Retirement = 'expired' | 'idle';

type Changed = Versioned<AgentDocument> | RosterProblem;
type AgentRecord = Extract<LogRecord, { readonly type: `agent.${string}` }>;

/**
 * Registers agents and changes their entries, one change after another. What lets an agent do more is on record before it is
 * in force; a loss of rights is in force first, so that no log can keep it from being. An agent that loses rights loses what
 * it has under way with them. Two gateways of one store that change an agent at once may leave a record of a change that
 * the other one has overtaken.
 */
export class AgentRoster {
  readonly #parts: RosterParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: RosterParts) {
    this.#parts = parts;
  }

  /** @throws StoreError, LogError */
  register(id: string, entry: WantedEntry, by: string): Promise<Changed> {
    return this.#inTurn(async () => {
      const { store, log } = this.#parts;
      const others = await everyDocument(store.agents);
      if (others.some((other) => other.id === id)) return 'taken';
      if (others.length >= MAX_AGENTS) return 'full';
      if (others.some(sharesToken(id, entry))) return 'token-taken';
      const document = this.#document({ state: 'enabled', ...entry });
      await log.append([{ type: 'agent.registered', ...about(id, document, by), digest: documentDigest(document) }]);
      const isNew = await store.agents.insert(id, document);
      await this.#parts.registry.refresh();
      return isNew ? { id, version: 1, value: document } : 'taken';
    });
  }

  /** Replaces what stands under an id at a version. @throws StoreError, LogError */
  change(id: string, version: number, entry: WantedEntry, by: string): Promise<Changed> {
    return this.#inTurn(async () => {
      const found = await this.#owned(id, version);
      if (typeof found === 'string') return found;
      if ((await everyDocument(this.#parts.store.agents)).some(sharesToken(id, entry))) return 'token-taken';
      const document = this.#document({ state: found.value.state, ...entry });
      return this.#replace(found, document, {
        type: 'agent.changed',
        ...about(id, document, by),
        digest: documentDigest(document),
      });
    });
  }

  /** Lets an agent in again, or not any more. @throws StoreError, LogError */
  enable(id: string, state: AgentDocument['state'], by: string): Promise<Changed> {
    return this.#inTurn(async () => {
      const found = await this.#owned(id);
      if (typeof found === 'string' || found.value.state === state) return found;
      const document = this.#document({ ...found.value, state });
      const type = state === 'enabled' ? 'agent.enabled' : 'agent.disabled';
      return this.#replace(found, document, { type, ...about(id, document, by) });
    });
  }

  /** Lets an agent in no more, by itself, if `isDue` still says so of it. @throws StoreError, LogError */
  retire(id: string, reason: Retirement, isDue: (agent: AgentDocument) => boolean): Promise<Changed> {
    return this.#inTurn(async () => {
      const found = await this.#owned(id);
      if (typeof found === 'string' || found.value.state === 'disabled' || !isDue(found.value)) return found;
      const document: AgentDocument = { ...found.value, state: 'disabled' };
      const { owner, source } = document;
      const common = { agent: id, owner, source };
      const record: AgentRecord =
        reason === 'expired' ? { type: 'agent.expired', ...common } : { type: 'agent.disabled', ...common, reason };
      return this.#replace(found, document, record);
    });
  }

  /** @throws StoreError, LogError */
  remove(id: string, version: number | undefined, by: string): Promise<Changed> {
    return this.#inTurn(async () => {
      const { store, log, registry } = this.#parts;
      const found = await this.#owned(id, version);
      if (typeof found === 'string') return found;
      await keepFormer(store, id, found.value);
      if (!(await store.agents.remove(id, found.version))) return 'stale';
      await registry.refresh();
      await log.append([{ type: 'agent.removed', ...about(id, found.value, by) }]);
      return found;
    });
  }

  #document(entry: AgentEntry): AgentDocument {
    return { ...entry, source: 'api', letInAt: this.#parts.now().toISOString() };
  }

  /** An agent that was registered here, at this version if one is given. */
  async #owned(id: string, version?: number): Promise<Changed> {
    const found = await this.#parts.store.agents.get(id);
    if (found === undefined) return 'unknown';
    if (found.value.source === 'config') return 'declared';
    return version === undefined || version === found.version ? found : 'stale';
  }

  async #replace(old: Versioned<AgentDocument>, value: AgentDocument, record: AgentRecord): Promise<Changed> {
    const { store, log, registry } = this.#parts;
    const isLoss = value.state === 'disabled';
    if (!isSameToken(old.value, value)) await keepFormer(store, old.id, old.value);
    if (!isLoss) await log.append([record]);
    if (!(await store.agents.replace(old.id, old.version, value))) return 'stale';
    await registry.refresh();
    if (isLoss) await log.append([record]);
    return { id: old.id, version: old.version + 1, value };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function about(agent: string, { owner, source }: AgentDocument, by: string) {
  return { agent, owner, source, by };
}

function isSameToken({ match: one }: Pick<AgentEntry, 'match'>, { match: other }: Pick<AgentEntry, 'match'>): boolean {
  return one.issuer === other.issuer && one.subject === other.subject;
}

function sharesToken(id: string, entry: Pick<AgentEntry, 'match'>) {
  return (other: Versioned<AgentDocument>) => other.id !== id && isSameToken(other.value, entry);
}
