// SPDX-License-Identifier: Apache-2.0
import { recurring } from '../recurring.ts';
import { everyDocument } from '../store/every-document.ts';
import type { Collection, Registered, UseDocument, Versioned } from '../store/store.ts';
import { noteUses } from './note-uses.ts';
import { type Roster, stateOf } from './roster.ts';

const EVERY_MS = 10 * 60_000;
const DAY_MS = 24 * 3_600_000;

export interface UpkeepParts<D extends Registered> {
  readonly documents: Collection<D>;
  /** When each was last in use, under its id. */
  readonly uses: Collection<UseDocument>;
  readonly roster: Roster<D>;
  /** Ids of those that are in use now, or have been since the last time this was asked. */
  readonly inUse: () => ReadonlySet<string>;
  readonly idleDays: () => number;
  readonly now: () => Date;
}

/** Notes what is in use, and disables agents, or clusters, of the control API whose registration has run out, or that nobody uses. */
export class Upkeep<D extends Registered> {
  readonly #parts: UpkeepParts<D>;

  constructor(parts: UpkeepParts<D>) {
    this.#parts = parts;
  }

  /** Does so from now on, until it is disposed of. */
  start(onProblem: (error: unknown) => void): Disposable {
    return recurring(EVERY_MS, () => this.run(), onProblem);
  }

  /** @throws StoreError, LogError */
  async run(): Promise<void> {
    const { documents, uses, roster, inUse, now } = this.#parts;
    await noteUses(uses, inUse(), now());
    const usedAt = new Map((await everyDocument(uses)).map(({ id, value }) => [id, value.lastUsedAt]));
    for (const { id, value } of (await everyDocument(documents)).filter(mayRetire)) {
      const isExpired = ({ expiresAt }: Registered) => this.#isPast(expiresAt, 0);
      const isIdle = ({ letInAt }: Registered) => this.#isIdleSince(letInAt) && this.#isIdleSince(usedAt.get(id));
      if (isExpired(value)) await roster.retire(id, 'expired', isExpired);
      else if (isIdle(value)) await roster.retire(id, 'idle', isIdle);
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

/** Whether the gateway disables one by itself. */
export function mayRetire({ value }: Versioned<Registered>): boolean {
  return value.source === 'api' && stateOf(value) === 'enabled';
}
