// SPDX-License-Identifier: Apache-2.0
import type { Decision, PolicyInput } from '@countersign/policy';
import type { MadeDecision } from '../exchange.ts';
import { LatestRead } from '../store/latest-read.ts';
import type { Versioned } from '../store/store.ts';
import { covers, coversBarLabels, type GrantDocument, isGrantDue, meets } from './grant.ts';

/** Older than this, what was read of the store lets nobody on: a grant may have been revoked at another gateway. */
const FRESH_MS = 5_000;

/** What a decision comes to: what a grant gives is allowed. */
export function letOn({ decision, grant }: Pick<MadeDecision, 'decision' | 'grant'>): Decision {
  if (decision.effect !== 'ask' || grant === undefined) return decision;
  const { approvals: _, ...rest } = decision;
  return { ...rest, effect: 'allow' };
}

/** The grants in force as they were last read: answers never wait for the store. */
export class ActiveGrants {
  readonly #now: () => Date;
  readonly #isSound: (grant: Versioned<GrantDocument>) => boolean;
  readonly #latest = new LatestRead();
  readonly #listeners = new Set<(ended: ReadonlySet<string>) => void>();
  #byAgent: ReadonlyMap<string, readonly Versioned<GrantDocument>[]> = new Map();
  #ids: ReadonlySet<string> = new Set();
  #readMs = Number.NEGATIVE_INFINITY;

  /** `isSound` says whether a stored grant is what people signed: what is not, and what can't be read, gives nothing. */
  constructor(now: () => Date, isSound: (grant: Versioned<GrantDocument>) => boolean) {
    this.#now = now;
    this.#isSound = isSound;
  }

  /**
   * Takes in what the store says, and returns it; who listens is told of those that are in force no more. MUST be called
   * after each change.
   */
  update(read: () => Promise<readonly Versioned<GrantDocument>[]>): Promise<readonly Versioned<GrantDocument>[]> {
    const readMs = this.#now().getTime();
    return this.#latest.take(read, (grants) => {
      this.#keep(grants.filter((grant) => this.#isActive(grant)));
      this.#readMs = readMs;
    });
  }

  /** Lets go of those whose time is over, and of all where the store has not been read for too long. */
  sweep(): void {
    const now = this.#now();
    const isFresh = now.getTime() - this.#readMs < FRESH_MS;
    const kept = [...this.#byAgent.values()].flat().filter(({ value }) => isFresh && !isGrantDue(value, now));
    if (kept.length < this.#ids.size) this.#keep(kept);
  }

  /** Called with the ids of grants that are in force no more; returns the way to stop. */
  onEnded(listener: (ended: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A decision with the grant that gives what it asks for, if there is one at this moment. */
  applyTo(made: MadeDecision): MadeDecision {
    const found = made.decision.effect === 'ask' ? this.#covering(made.input, made.decision) : undefined;
    if (found === undefined) return made;
    const { breakGlass, scope } = found.value;
    return {
      ...made,
      grant: found.id,
      ...(scope?.labels === undefined ? {} : { byLabels: true }),
      ...(breakGlass ? { breakGlass: true } : {}),
    };
  }

  /** Whether a grant would give a request if its object had the right labels, which then are to be looked at. */
  looksAtLabels(input: PolicyInput): boolean {
    const now = this.#now();
    const own = this.#byAgent.get(input.principal.id) ?? [];
    return own.some(
      ({ value }) => value.scope?.labels !== undefined && !isGrantDue(value, now) && coversBarLabels(value, input),
    );
  }

  #isActive(grant: Versioned<GrantDocument>): boolean {
    const { value } = grant;
    try {
      return value.state === 'active' && !isGrantDue(value, this.#now()) && this.#isSound(grant);
    } catch {
      return false;
    }
  }

  #covering(
    input: PolicyInput,
    { approvals }: Extract<Decision, { effect: 'ask' }>,
  ): Versioned<GrantDocument> | undefined {
    const now = this.#now();
    if (now.getTime() - this.#readMs >= FRESH_MS) return undefined;
    const own = this.#byAgent.get(input.principal.id) ?? [];
    const covering = own.filter(
      ({ value }) => !isGrantDue(value, now) && covers(value, input) && meets(value, approvals, input.principal.owner),
    );
    // What people have countersigned is no emergency.
    return covering.find(({ value }) => !value.breakGlass) ?? covering[0];
  }

  #keep(grants: readonly Versioned<GrantDocument>[]): void {
    const ids = new Set(grants.map(({ id }) => id));
    const ended = new Set([...this.#ids].filter((id) => !ids.has(id)));
    this.#byAgent = Map.groupBy(grants, ({ value }) => value.requester.id);
    this.#ids = ids;
    if (ended.size === 0) return;
    for (const listener of this.#listeners) listener(ended);
  }
}
