// SPDX-License-Identifier: Apache-2.0
import { type PolicyAction, policyActions } from './action-scope.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { decisionKey, isOfReview, type KeyPlan, keyPlan } from './decision-key.ts';
import type { PolicyInput } from './policy-input.ts';
import { type PolicySet, releasePolicySet } from './policy-set.ts';

const MAX_KEPT = 4_096;
/** Callers choose selectors and names: what is longer is decided each time. */
const MAX_KEY_CHARACTERS = 2_048;

/** Decisions of one kind. */
class Kept {
  readonly plans: ReadonlyMap<PolicyAction, KeyPlan>;
  /** By key, the oldest first. */
  readonly #decisions = new Map<string, Decision>();

  constructor(set: PolicySet, isReview: boolean) {
    this.plans = new Map(policyActions.map((action) => [action, keyPlan(set.rules.values(), action, isReview)]));
  }

  get size(): number {
    return this.#decisions.size;
  }

  get(key: string): Decision | undefined {
    return this.#decisions.get(key);
  }

  keep(key: string, decision: Decision): void {
    if (this.#decisions.size >= MAX_KEPT) {
      for (const oldest of this.#decisions.keys()) {
        this.#decisions.delete(oldest);
        break;
      }
    }
    this.#decisions.set(key, decision);
  }

  clear(): void {
    this.#decisions.clear();
  }
}

/**
 * A set in force together with what it has decided: the same input gets the same decision without the engine. A review of
 * all that is served brings hundreds: those push out one another, and none of requests.
 */
export class DecisionCache {
  readonly set: PolicySet;
  readonly #ofRequests: Kept;
  readonly #ofReviews: Kept;

  constructor(set: PolicySet) {
    this.set = set;
    this.#ofRequests = new Kept(set, false);
    this.#ofReviews = new Kept(set, true);
  }

  /** How many decisions are kept. */
  get size(): number {
    return this.#ofRequests.size + this.#ofReviews.size;
  }

  /** As `decide`. An `undecided` is never kept: what failed may succeed. */
  decide(input: PolicyInput): Decision {
    const kept = isOfReview(input) ? this.#ofReviews : this.#ofRequests;
    const key = decisionKey(input, (action) => kept.plans.get(action) ?? 'none');
    if (key === undefined || key.length > MAX_KEY_CHARACTERS) return decide(this.set, input);
    const known = kept.get(key);
    if (known) return known;
    const decision = decide(this.set, input);
    if (decision.effect !== 'undecided') kept.keep(key, decision);
    return decision;
  }

  /** From now on every decision is `undecided`. */
  release(): void {
    this.#ofRequests.clear();
    this.#ofReviews.clear();
    releasePolicySet(this.set);
  }
}
