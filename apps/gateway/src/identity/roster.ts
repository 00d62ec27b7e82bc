// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { Log } from '../log/log.ts';
import { Turns } from '../no-overlap.ts';
import { everyDocument } from '../store/every-document.ts';
import type { Collection, Registered, Versioned } from '../store/store.ts';

/** Changes wait for one another, whatever they are about. */
const EVERY_CHANGE = '';

/** What is registered of one, without what the roster itself says of it. */
export type Entry<D extends Registered> = Omit<D, 'source' | 'letInAt'>;

/** Without a state it is enabled when it is registered, and stays as it is when it is changed. */
export type WantedEntry<D extends Registered> = Omit<Entry<D>, 'state'> & Partial<Pick<Registered, 'state'>>;

/** Why a change was not made, and nothing is on record of it. */
export type RosterProblem =
  /** There is no such one. */
  | 'unknown'
  /** It is in the configuration file, which says what it is. */
  | 'declared'
  /** The id is taken already. */
  | 'taken'
  /** It is not at the version that the change was made of. */
  | 'stale'
  /** Of agents: another one is known by the same tokens. */
  | 'token-taken'
  /** Of agents: nobody answers for it any more. */
  | 'orphaned'
  /** There are too many. */
  | 'full';

/** Why one is let in no more without anybody having said so. */
export type Retirement = 'expired' | 'idle' | 'orphaned';

/** What a record is of. */
export type RosterEvent = 'registered' | 'changed' | 'enabled' | 'disabled' | 'expired' | 'removed';

/** Who made a change, or why it was made where nobody did. */
export type Because = { readonly by: string } | { readonly reason: Retirement };

/** How one is let in no more; it is always somebody who removes it. */
export type Loss = { readonly kind: 'disabled' } | { readonly kind: 'removed'; readonly by: string };

/** What is registered: agents, or clusters. */
export interface RosterKind<D extends Registered> {
  readonly collection: Collection<D>;
  /** Each is kept in memory by every gateway. */
  readonly max: number;
  recordOf(event: RosterEvent, id: string, document: D, because: Because): LogRecord;
  /** Why an entry can't be let in as it is, or not beside the others. */
  conflictOf?(id: string, document: D, others: readonly Versioned<D>[]): RosterProblem | undefined;
  /** Before one arrives under an id; what it does MUST be durable when it resolves. */
  beforeArrival?(id: string, by: string): Promise<void>;
  /** Before an entry is replaced, or removed where there is no next one; what it does MUST be durable when it resolves. */
  beforeLeaving?(id: string, old: D, next: D | undefined): Promise<void>;
  /** Ends what one that is disabled, or removed, has by its entry; after that is in force here. */
  afterLoss?(id: string, loss: Loss): Promise<void>;
}

export interface RosterParts {
  /** Reads what is in force anew. */
  readonly registry: { refresh(): Promise<void> };
  readonly log: Log;
  readonly now: () => Date;
}

export type Changed<D extends Registered> = Versioned<D> | RosterProblem;

/**
 * Registers agents or clusters and changes their entries, one change after another. What lets one do more is on record before
 * it is in force; a loss is in force first, so that no log can keep it from being. Who loses something loses what it has
 * under way by it. Two gateways of one store that change one at once may leave a record of a change that the other one has
 * overtaken.
 */
export class Roster<D extends Registered> {
  readonly #kind: RosterKind<D>;
  readonly #parts: RosterParts;
  readonly #turns = new Turns();

  constructor(kind: RosterKind<D>, parts: RosterParts) {
    this.#kind = kind;
    this.#parts = parts;
  }

  /** @throws StoreError, LogError */
  register(id: string, entry: WantedEntry<D>, by: string): Promise<Changed<D>> {
    return this.#turns.run(EVERY_CHANGE, async () => {
      const { collection, max, conflictOf, beforeArrival, recordOf } = this.#kind;
      const others = await everyDocument(collection);
      if (others.some((other) => other.id === id)) return 'taken';
      if (others.length >= max) return 'full';
      const document = this.#document({ state: 'enabled', ...entry });
      const conflict = conflictOf?.(id, document, others);
      if (conflict !== undefined) return conflict;
      await beforeArrival?.(id, by);
      await this.#parts.log.append([recordOf('registered', id, document, { by })]);
      const isNew = await collection.insert(id, document);
      await this.#parts.registry.refresh();
      return isNew ? { id, version: 1, value: document } : 'taken';
    });
  }

  /** Replaces what stands under an id at a version. @throws StoreError, LogError */
  change(id: string, version: number, entry: WantedEntry<D>, by: string): Promise<Changed<D>> {
    return this.#turns.run(EVERY_CHANGE, async () => {
      const found = await this.#owned(id, version);
      if (typeof found === 'string') return found;
      const document = this.#document({ state: found.value.state, ...entry });
      const conflict = this.#kind.conflictOf?.(id, document, await everyDocument(this.#kind.collection));
      return conflict ?? this.#replace(found, document, 'changed', { by });
    });
  }

  /** Lets one in again, or not any more. @throws StoreError, LogError */
  enable(id: string, state: 'enabled' | 'disabled', by: string): Promise<Changed<D>> {
    return this.#turns.run(EVERY_CHANGE, async () => {
      const found = await this.#owned(id);
      if (typeof found === 'string' || stateOf(found.value) === state) return found;
      const document = this.#document({ ...found.value, state });
      const conflict = this.#kind.conflictOf?.(id, document, [found]);
      return conflict ?? this.#replace(found, document, state, { by });
    });
  }

  /** Lets one in no more, by itself, if `isDue` still says so of it. @throws StoreError, LogError */
  retire(id: string, reason: Retirement, isDue: (document: D) => boolean): Promise<Changed<D>> {
    return this.#turns.run(EVERY_CHANGE, async () => {
      const found = await this.#owned(id);
      if (typeof found === 'string' || stateOf(found.value) === 'disabled' || !isDue(found.value)) return found;
      const event = reason === 'expired' ? 'expired' : 'disabled';
      return this.#replace(found, { ...found.value, state: 'disabled' }, event, { reason });
    });
  }

  /** @throws StoreError, LogError */
  remove(id: string, version: number | undefined, by: string): Promise<Changed<D>> {
    return this.#turns.run(EVERY_CHANGE, async () => {
      const { collection, beforeLeaving, afterLoss, recordOf } = this.#kind;
      const found = await this.#owned(id, version);
      if (typeof found === 'string') return found;
      await beforeLeaving?.(id, found.value, undefined);
      if (!(await collection.remove(id, found.version))) return 'stale';
      await this.#parts.registry.refresh();
      await this.#lose(() => afterLoss?.(id, { kind: 'removed', by }), recordOf('removed', id, found.value, { by }));
      return found;
    });
  }

  #document(entry: object): D {
    return { ...entry, source: 'api', letInAt: this.#parts.now().toISOString() } as unknown as D;
  }

  /** One that was registered here, at this version if one is given. */
  async #owned(id: string, version?: number): Promise<Changed<D>> {
    const found = await this.#kind.collection.get(id);
    if (found === undefined) return 'unknown';
    if (found.value.source === 'config') return 'declared';
    return version === undefined || version === found.version ? found : 'stale';
  }

  async #replace(old: Versioned<D>, value: D, event: RosterEvent, because: Because): Promise<Changed<D>> {
    const { log, registry } = this.#parts;
    const { collection, beforeLeaving, afterLoss, recordOf } = this.#kind;
    const { id } = old;
    const isLoss = stateOf(value) === 'disabled';
    const record = recordOf(event, id, value, because);
    await beforeLeaving?.(id, old.value, value);
    if (!isLoss) await log.append([record]);
    if (!(await collection.replace(id, old.version, value))) return 'stale';
    await registry.refresh();
    if (isLoss) await this.#lose(() => afterLoss?.(id, { kind: 'disabled' }), record);
    return { id, version: old.version + 1, value };
  }

  /** What was lost is on record before what it had is taken from it, and loses that whatever becomes of the record. */
  async #lose(afterLoss: () => Promise<void> | undefined, record: LogRecord): Promise<void> {
    try {
      await this.#parts.log.append([record]);
    } finally {
      await afterLoss();
    }
  }
}

/** What has been stored without a state is enabled. */
export function stateOf({ state = 'enabled' }: Registered): 'enabled' | 'disabled' {
  return state;
}
