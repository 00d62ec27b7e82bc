// SPDX-License-Identifier: Apache-2.0
import { recurring } from '../recurring.ts';
import { everyDocument } from '../store/every-document.ts';
import type { AgentDocument, Store, Versioned } from '../store/store.ts';
import type { AgentRegistry } from './agent-registry.ts';
import type { AgentRoster } from './agent-roster.ts';
import { noteUses } from './note-uses.ts';
import { mayRetire } from './upkeep.ts';

const EVERY_MS = 10 * 60_000;
const DAY_MS = 24 * 3_600_000;

export interface OwnerUpkeepParts {
  readonly store: Store;
  readonly registry: Pick<AgentRegistry, 'isGone'>;
  readonly roster: AgentRoster;
  /** After so many days without their owner agents are disabled; undefined: never. */
  readonly days: () => number | undefined;
  readonly now: () => Date;
}

/**
 * Notes which owners log in, and disables agents of the control API whose owner is gone, or has not been seen for as long as
 * the configuration says. An owner who never was is counted from when they were first looked for.
 */
export class OwnerUpkeep {
  readonly #parts: OwnerUpkeepParts;
  #seen = new Set<string>();

  constructor(parts: OwnerUpkeepParts) {
    this.#parts = parts;
  }

  /** Takes note that these owners are logged in. */
  see(owners: readonly string[]): void {
    for (const owner of owners) this.#seen.add(owner);
  }

  /** Does so from now on, until it is disposed of. */
  start(onProblem: (error: unknown) => void): Disposable {
    return recurring(EVERY_MS, () => this.run(), onProblem);
  }

  /** @throws StoreError, LogError */
  async run(): Promise<void> {
    const { store, registry, roster, now } = this.#parts;
    const seen = this.#seen;
    this.#seen = new Set();
    await noteUses(store.ownerUses, seen, now());
    const isAway = await this.#whoIsAway();
    const isOrphaned = ({ owner, letInAt }: AgentDocument) => registry.isGone(owner) || isAway(owner, letInAt);
    for (const { id, value } of (await everyDocument(store.agents)).filter(mayRetire))
      if (isOrphaned(value)) await roster.retire(id, 'orphaned', isOrphaned);
  }

  /** Whether an owner has not been seen for too long, nor an agent of theirs let in by anybody. */
  async #whoIsAway(): Promise<(owner: string, letInAt: string | undefined) => boolean> {
    const { store, days: daysNow, now } = this.#parts;
    const days = daysNow();
    if (days === undefined) return () => false;
    const uses = new Map((await everyDocument(store.ownerUses)).map(({ id, value }) => [id, value.lastUsedAt]));
    const agents: readonly Versioned<AgentDocument>[] = await everyDocument(store.agents);
    const unknown = new Set(agents.map(({ value }) => value.owner).filter((owner) => !uses.has(owner)));
    await noteUses(store.ownerUses, unknown, now());
    const sinceMs = now().getTime() - days * DAY_MS;
    const isLongAgo = (time: string | undefined) => time === undefined || Date.parse(time) <= sinceMs;
    return (owner, letInAt) => !unknown.has(owner) && isLongAgo(uses.get(owner)) && isLongAgo(letInAt);
  }
}
