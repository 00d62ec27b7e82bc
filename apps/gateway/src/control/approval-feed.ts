// SPDX-License-Identifier: Apache-2.0

import type { ApprovalDocument } from '../approvals/approval.ts';
import type { ApprovalRegister } from '../approvals/approval-register.ts';
import type { Approval } from '../approvals/transitions.ts';
import { beforeUuidv7 } from '../log/random-bytes.ts';

/** Other gateways' doings are seen this often, and this one's no sooner. */
const POLL_MS = 1_000;
/** What was asked since is looked at whatever has become of it: it may be asked and used between two looks. */
const RECENT_MS = 10_000;
const MAX_RECENT = 1_000;
/** Versions that are asked for at once, and approvals that are read at once. */
const VERSIONS_AT_ONCE = 1_000;
const READ_AT_ONCE = 8;

/** What of an approval is told, and says who may be. */
export interface ToldApproval {
  readonly id: string;
  readonly value: Pick<ApprovalDocument, 'state' | 'requester' | 'requirements'>;
}

/** How an approval stood when it was read last; not at all where it was not asked yet. */
interface Known {
  readonly version: number;
  readonly state: string | undefined;
  readonly told: ToldApproval | undefined;
}

/** Who is told of approvals. */
export interface Follower {
  /** One that has come, or that has changed; at first all that are open, and those of the last seconds. */
  changed(approval: ToldApproval): void;
  /** The approvals can't be looked at any more: nothing is told from now on. */
  failed(): void;
}

export interface ApprovalFeedParts {
  readonly register: Pick<ApprovalRegister, 'openIds' | 'versions' | 'look'>;
  readonly now: () => Date;
  readonly onProblem: (error: unknown) => void;
}

const stateOf = ({ value: { state, signatures, reason } }: Approval) =>
  `${state} ${signatures.length} ${reason === undefined}`;

function toldOf({ id, value: { state, requester, requirements } }: Approval): ToldApproval {
  return { id, value: { state, requester, requirements } };
}

/**
 * Tells what becomes of approvals, whichever gateway on the store it becomes of them at; looks while somebody listens, and
 * reads those alone whose version has changed.
 */
export class ApprovalFeed {
  readonly #parts: ApprovalFeedParts;
  readonly #followers = new Set<Follower>();
  /** Those that were open, or had just been asked, when it looked last. */
  #known = new Map<string, Known>();
  #isLooking = false;

  constructor(parts: ApprovalFeedParts) {
    this.#parts = parts;
  }

  /** Tells a follower until the function that this returns is called. */
  follow(follower: Follower): () => void {
    for (const { told } of this.#known.values()) if (told) follower.changed(told);
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
  async #changes(): Promise<readonly ToldApproval[]> {
    const { register, now } = this.#parts;
    const after = beforeUuidv7(now().getTime() - RECENT_MS);
    const recent = await register.versions({ after, limit: MAX_RECENT });
    const followed = new Set([...recent.keys(), ...(await register.openIds())]);
    // Those that have ended are looked at once more.
    const ids = [...new Set([...followed, ...this.#known.keys()])];
    const versions = await this.#versionsOf(ids, recent);
    const read = await this.#read([...versions].filter(([id, version]) => this.#known.get(id)?.version !== version));
    const isNews = (id: string) => read.has(id) && read.get(id)?.state !== this.#known.get(id)?.state;
    const changed = ids.filter(isNews).flatMap((id) => read.get(id)?.told ?? []);
    const known = [...followed].flatMap((id): [string, Known][] => {
      const one = read.get(id) ?? this.#known.get(id);
      return one && versions.has(id) ? [[id, one]] : [];
    });
    this.#known = new Map(known);
    return changed;
  }

  async #versionsOf(ids: readonly string[], known: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> {
    const found = new Map(known);
    const others = ids.filter((id) => !known.has(id));
    for (let at = 0; at < others.length; at += VERSIONS_AT_ONCE) {
      const part = await this.#parts.register.versions({ ids: others.slice(at, at + VERSIONS_AT_ONCE) });
      for (const [id, version] of part) found.set(id, version);
    }
    return found;
  }

  async #read(stale: readonly (readonly [string, number])[]): Promise<ReadonlyMap<string, Known>> {
    const found = new Map<string, Known>();
    const readOne = async ([id, version]: readonly [string, number]) => {
      const one = await this.#parts.register.look(id);
      const told = one && toldOf(one);
      found.set(id, { version: one?.version ?? version, state: one && stateOf(one), told });
    };
    for (let at = 0; at < stale.length; at += READ_AT_ONCE)
      await Promise.all(stale.slice(at, at + READ_AT_ONCE).map(readOne));
    return found;
  }
}
