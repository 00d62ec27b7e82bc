// SPDX-License-Identifier: Apache-2.0
import { recurring } from '../recurring.ts';
import { everyDocument } from '../store/every-document.ts';
import type { AgentDocument, Store, Versioned } from '../store/store.ts';
import type { AgentRoster } from './agent-roster.ts';

const EVERY_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface AgentUpkeepParts {
  readonly store: Store;
  readonly roster: AgentRoster;
  /** Ids of the agents that have called since the last time this was asked. */
  readonly inUse: () => ReadonlySet<string>;
  readonly idleDays: () => number;
  readonly now: () => Date;
}

/** Notes who calls, and disables agents of the control API whose registration has run out, or that nobody uses. */
export class AgentUpkeep {
  readonly #parts: AgentUpkeepParts;

  constructor(parts: AgentUpkeepParts) {
    this.#parts = parts;
  }

  /** Does so from now on, until it is disposed of. */
  start(onProblem: (error: unknown) => void): Disposable {
    return recurring(EVERY_MS, () => this.run(), onProblem);
  }

  /** @throws StoreError, LogError */
  async run(): Promise<void> {
    const { store, roster, inUse } = this.#parts;
    await this.#noteUses(inUse());
    const uses = new Map((await everyDocument(store.agentUses)).map(({ id, value }) => [id, value.lastUsedAt]));
    for (const { id, value } of (await everyDocument(store.agents)).filter(mayRetire)) {
      const isExpired = ({ expiresAt }: AgentDocument) => this.#isPast(expiresAt, 0);
      const isIdle = ({ letInAt }: AgentDocument) => this.#isIdleSince(letInAt) && this.#isIdleSince(uses.get(id));
      if (isExpired(value)) await roster.retire(id, 'expired', isExpired);
      else if (isIdle(value)) await roster.retire(id, 'idle', isIdle);
    }
  }

  async #noteUses(agents: ReadonlySet<string>): Promise<void> {
    const { agentUses } = this.#parts.store;
    const lastUsedAt = this.#parts.now().toISOString();
    for (const agent of agents) {
      const known = await agentUses.get(agent);
      if (known === undefined) await agentUses.insert(agent, { lastUsedAt });
      else if (this.#isPast(known.value.lastUsedAt, HOUR_MS))
        await agentUses.replace(agent, known.version, { lastUsedAt });
    }
  }

  /** Whether nothing says that it was used within the days that it may be idle. */
  #isIdleSince(time: string | undefined): boolean {
    return time === undefined || this.#isPast(time, this.#parts.idleDays() * DAY_MS);
  }

  #isPast(time: string | undefined, byMs: number): boolean {
    return time !== undefined && this.#parts.now().getTime() >= Date.parse(time) + byMs;
  }
}

function mayRetire({ value }: Versioned<AgentDocument>): boolean {
  return value.source === 'api' && value.state === 'enabled';
}
