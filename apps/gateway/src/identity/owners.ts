// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { Log } from '../log/log.ts';
import { Turns } from '../no-overlap.ts';
import { everyDocument } from '../store/every-document.ts';
import type { AgentDocument, GoneOwnerDocument, Store, Versioned } from '../store/store.ts';
import type { AgentRegistry } from './agent-registry.ts';
import type { AgentRoster } from './agent-roster.ts';
import { stateOf } from './roster.ts';

/** Changes wait for one another, whatever they are about. */
const EVERY_CHANGE = '';

export interface OwnersParts {
  readonly store: Store;
  readonly registry: AgentRegistry;
  readonly roster: AgentRoster;
  readonly log: Log;
  readonly now: () => Date;
}

/** An owner, as agents' entries name them, or who was declared gone. Times are RFC 3339 UTC. */
export interface Owner {
  readonly owner: string;
  readonly state: 'present' | 'gone';
  /** Ids of the agents that name them. */
  readonly agents: readonly string[];
  /** When they were last seen to be logged in here, to the hour. */
  readonly lastSeenAt?: string;
  /** Who said that they are gone, why and when. */
  readonly by?: string;
  readonly reason?: string;
  readonly at?: string;
}

function saidOf(gone: GoneOwnerDocument | undefined): Pick<Owner, 'by' | 'reason' | 'at'> {
  return gone === undefined ? {} : { by: gone.by, reason: gone.reason, at: gone.at };
}

function goneRecord(owner: string, { by, reason }: GoneOwnerDocument, agents: number): LogRecord {
  return { type: 'owner.gone', owner, by, agents, ...(reason === '' ? {} : { sealed: { reason } }) };
}

/**
 * Who answers for agents, and whether they still do. Nobody but people says that somebody is gone: their agents are refused from
 * then on, and those of the control API are disabled, so that they are let in again one by one, under an owner who is there.
 */
export class Owners {
  readonly #parts: OwnersParts;
  readonly #turns = new Turns();

  constructor(parts: OwnersParts) {
    this.#parts = parts;
  }

  async list(): Promise<readonly Owner[]> {
    const { agents, goneOwners, ownerUses } = this.#parts.store;
    const named = Map.groupBy(await everyDocument(agents), ({ value }) => value.owner);
    const gone = new Map((await everyDocument(goneOwners)).map(({ id, value }) => [id, value]));
    const seen = new Map((await everyDocument(ownerUses)).map(({ id, value }) => [id, value.lastUsedAt]));
    const all = [...new Set([...named.keys(), ...gone.keys()])].sort();
    return all.map((owner) => {
      const lastSeenAt = seen.get(owner);
      return {
        owner,
        state: gone.has(owner) ? 'gone' : 'present',
        agents: (named.get(owner) ?? []).map(({ id }) => id),
        ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
        ...saidOf(gone.get(owner)),
      };
    });
  }

  /**
   * Says that somebody is gone: in force before it is on record, so that no log can keep it from being. Said again, it is seen
   * to that it holds, and what is not on record yet comes there.
   * @throws StoreError, LogError
   */
  declareGone(owner: string, by: string, reason: string): Promise<void> {
    return this.#turns.run(EVERY_CHANGE, async () => {
      const { store, registry, log, now } = this.#parts;
      await store.goneOwners.insert(owner, { by, reason, at: now().toISOString() });
      await registry.refresh();
      const said = await store.goneOwners.get(owner);
      const isOwed = said !== undefined && said.value.recorded === undefined;
      const theirs = (await everyDocument(store.agents)).filter(({ value }) => value.owner === owner);
      if (isOwed) await log.append([goneRecord(owner, said.value, theirs.length)]);
      for (const agent of theirs) await this.#orphan(agent, isOwed);
      if (isOwed) await store.goneOwners.replace(owner, said.version, { ...said.value, recorded: true });
    });
  }

  /**
   * Says that somebody is there again, on record first. Agents of the control API stay disabled until somebody enables them.
   * False when nobody had said that they are gone.
   * @throws StoreError, LogError
   */
  declareBack(owner: string, by: string): Promise<boolean> {
    return this.#turns.run(EVERY_CHANGE, async () => {
      const { store, registry, log } = this.#parts;
      const found = await store.goneOwners.get(owner);
      if (!found) return false;
      const declared = (await everyDocument(store.agents)).filter(
        ({ value }) => value.owner === owner && value.source === 'config' && value.state === 'enabled',
      );
      const enabled = declared.map(({ id, value: { source } }) => ({
        ...{ type: 'agent.enabled' as const, agent: id, owner },
        ...{ source, by },
      }));
      await log.append([{ type: 'owner.returned', owner, by }, ...enabled]);
      await store.goneOwners.remove(found.id, found.version);
      await registry.refresh();
      return true;
    });
  }

  /** What the file declares stays as it says, but is refused: that is on record as well, once. */
  async #orphan({ id, value }: Versioned<AgentDocument>, isOwed: boolean): Promise<void> {
    const { roster, log } = this.#parts;
    const { owner, source } = value;
    if (source === 'api') await roster.retire(id, 'orphaned', (now) => now.owner === owner);
    else if (isOwed && stateOf(value) === 'enabled')
      await log.append([{ type: 'agent.disabled', agent: id, owner, source, reason: 'orphaned' }]);
  }
}
