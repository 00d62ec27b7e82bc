// SPDX-License-Identifier: Apache-2.0
import { TokenBucket } from '../limits/token-bucket.ts';
import { type OpenPointers, placeOf } from './open-pointers.ts';

/** Of what an agent has had its part: approvals that are open, or those of a day. */
export type TooMany = 'open' | 'day';

/** What one agent may have of approvals. */
export interface ApprovalLimits {
  readonly maxOpenOfAgent: number;
  readonly maxPerDayOfAgent: number;
}

export interface AgentRoomParts {
  readonly pointers: Pick<OpenPointers, 'ofAgent'>;
  readonly limits: () => ApprovalLimits;
  /** Of a clock that never goes back. */
  readonly nowMs: () => number;
}

/** Room for one question. */
export interface Admission {
  /** The approval that is open for this very request, if what it would do has not changed. */
  readonly open: string | undefined;
  /** Gives the room back, once the approval is there, or is not going to be. */
  readonly leave: () => void;
}

const DAY_SECONDS = 86_400;

interface Day {
  readonly max: number;
  readonly bucket: TokenBucket;
}

/**
 * What an agent may still ask people for: known before it is found out what that would do, which costs the API server more
 * than it costs the agent. What is open is counted for all gateways of a store, and what is being found out and the day for
 * this one.
 */
export class AgentRoom {
  readonly #parts: AgentRoomParts;
  readonly #asking = new Map<string, number>();
  readonly #days = new Map<string, Day>();

  constructor(parts: AgentRoomParts) {
    this.#parts = parts;
  }

  /** Takes room for a request, by the digest of what of it is known; none is needed where its approval is open. */
  async admit(agent: string, request: string): Promise<Admission | TooMany> {
    const own = await this.#parts.pointers.ofAgent(agent);
    const open = own.find(({ value }) => value.request === request);
    if (open) return { open: open.value.approval, leave: () => undefined };
    const asking = this.#asking.get(agent) ?? 0;
    if (own.length + asking >= this.#parts.limits().maxOpenOfAgent) return 'open';
    if (!this.#hasDay(agent)) return 'day';
    this.#asking.set(agent, asking + 1);
    let isLeft = false;
    const leave = () => {
      if (!isLeft) this.#leave(agent);
      isLeft = true;
    };
    return { open: undefined, leave };
  }

  /** Why an agent may not have a new approval, under a digest in whose place it would be. */
  async refusal(agent: string, digest: string): Promise<TooMany | undefined> {
    const own = await this.#parts.pointers.ofAgent(agent);
    const others = own.filter(({ id }) => id !== placeOf(agent, digest)).length;
    if (others >= this.#parts.limits().maxOpenOfAgent) return 'open';
    return this.#hasDay(agent) ? undefined : 'day';
  }

  /** Counts an approval that was begun. */
  begun(agent: string): void {
    this.#day(agent).spend(1, this.#parts.nowMs());
  }

  #hasDay(agent: string): boolean {
    return this.#day(agent).msUntil(1, this.#parts.nowMs()) === 0;
  }

  #day(agent: string): TokenBucket {
    const max = this.#parts.limits().maxPerDayOfAgent;
    const known = this.#days.get(agent);
    if (known?.max === max) return known.bucket;
    const bucket = new TokenBucket(max / DAY_SECONDS, max, this.#parts.nowMs());
    this.#days.set(agent, { max, bucket });
    return bucket;
  }

  #leave(agent: string): void {
    const left = (this.#asking.get(agent) ?? 1) - 1;
    if (left === 0) this.#asking.delete(agent);
    else this.#asking.set(agent, left);
  }
}
