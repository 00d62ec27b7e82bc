// SPDX-License-Identifier: Apache-2.0

import type { ApprovalRegister } from '../approvals/approval-register.ts';
import type { Approval } from '../approvals/transitions.ts';
import { beforeUuidv7 } from '../log/random-bytes.ts';

/** Other gateways' doings are seen this often, and this one's no sooner. */
const POLL_MS = 1_000;
/** What was asked since is looked at whatever has become of it: it may be asked and used between two looks. */
const RECENT_MS = 10_000;
const MAX_RECENT = 1_000;

/** Who is told of approvals. */
export interface Follower {
  /** One that has come, or that has changed; at first all that are open, and those of the last seconds. */
  changed(approval: Approval): void;
  /** The approvals can't be looked at any more: nothing is told from now on. */
  failed(): void;
}

export interface ApprovalFeedParts {
  readonly register: Pick<ApprovalRegister, 'open' | 'page' | 'get'>;
  readonly now: () => Date;
  readonly onProblem: (error: unknown) => void;
}

const stateOf = ({ value: { state, signatures, reason } }: Approval) =>
  `${state} ${signatures.length} ${reason === undefined}`;

/** Tells what becomes of approvals, whichever gateway on the store it becomes of them at; looks while somebody listens. */
export class ApprovalFeed {
  readonly #parts: ApprovalFeedParts;
  readonly #followers = new Set<Follower>();
  /** Those that were open, or had just been asked, when it looked last. */
  #known = new Map<string, Approval>();
  #isLooking = false;

  constructor(parts: ApprovalFeedParts) {
    this.#parts = parts;
  }

  /** Tells a follower until the function that this returns is called. */
  follow(follower: Follower): () => void {
    for (const approval of this.#known.values()) follower.changed(approval);
    this.#followers.add(follower);
    if (!this.#isLooking) void this.#lookOn();
    return () => this.#followers.delete(follower);
  }

  async #lookOn(): Promise<void> {
    this.#isLooking = true;
    try {
      while (this.#followers.size > 0) {
        const changes = await this.#changes();
        for (const follower of [...this.#followers]) for (const approval of changes) follower.changed(approval);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS).unref());
      }
    } catch (error) {
      this.#parts.onProblem(error);
      for (const follower of [...this.#followers]) follower.failed();
      this.#followers.clear();
    } finally {
      this.#isLooking = false;
      this.#known = new Map();
    }
  }

  /** What is otherwise than when it looked last. */
  async #changes(): Promise<readonly Approval[]> {
    const { register, now } = this.#parts;
    const recent = await register.page(beforeUuidv7(now().getTime() - RECENT_MS), MAX_RECENT);
    const found = [...recent.items, ...(await register.open())];
    const known = new Map(found.map((approval) => [approval.id, approval]));
    const gone = [...this.#known.keys()].filter((id) => !known.has(id));
    const ended = (await Promise.all(gone.map((id) => register.get(id)))).filter((one) => one !== undefined);
    const changed = [...known.values(), ...ended].filter((approval) => {
      const before = this.#known.get(approval.id);
      return before === undefined || stateOf(before) !== stateOf(approval);
    });
    this.#known = known;
    return changed;
  }
}
