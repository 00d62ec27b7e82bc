// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { Collection, FirstUseDocument } from '../store/store.ts';

/** More different things than any agent is for: from then on nothing of it is news. */
const MAX_OF_AGENT = 2_000;

/** What agents have been seen to use, in the store: each is news once, at whichever gateway. */
export class FirstUses {
  readonly #uses: Collection<FirstUseDocument>;
  readonly #now: () => Date;
  readonly #max: number;

  constructor(uses: Collection<FirstUseDocument>, now: () => Date, maxOfAgent = MAX_OF_AGENT) {
    this.#uses = uses;
    this.#now = now;
    this.#max = maxOfAgent;
  }

  /** Whether nobody has been told of this use of an agent's. @throws StoreError */
  async isNews(agent: string, use: string): Promise<boolean> {
    if ((await this.#uses.get(idOf(agent, use))) !== undefined) return false;
    const place = `${agent}/`;
    const known = await this.#uses.list({ after: place, limit: this.#max });
    return known.filter(({ id }) => id.startsWith(place)).length < this.#max;
  }

  /** It is in the outbox. @throws StoreError */
  async keep(agent: string, use: string): Promise<void> {
    await this.#uses.insert(idOf(agent, use), { at: this.#now().toISOString() });
  }
}

function idOf(agent: string, use: string): string {
  return `${agent}/${createHash('sha256').update(use).digest('hex')}`;
}
