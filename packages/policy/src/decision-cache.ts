// SPDX-License-Identifier: Apache-2.0
import { type PolicyAction, policyActions } from './action-scope.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { decisionKey, type KeyPlan, keyPlan } from './decision-key.ts';
import type { PolicyInput } from './policy-input.ts';
import { type PolicySet, releasePolicySet } from './policy-set.ts';

const MAX_KEPT = 4_096;
/** Callers choose selectors and names: what is longer is decided each time. */
const MAX_KEY_CHARACTERS = 2_048;

/** A set in force together with what it has decided: the same input gets the same decision without the engine. */
export class DecisionCache {
  readonly set: PolicySet;
  readonly #plans: ReadonlyMap<PolicyAction, KeyPlan>;
  /** By key, the oldest first. */
  readonly #kept = new Map<string, Decision>();

  constructor(set: PolicySet) {
    this.set = set;
    this.#plans = new Map(policyActions.map((action) => [action, keyPlan(set.rules.values(), action)]));
  }

  /** How many decisions are kept. */
  get size(): number {
    return this.#kept.size;
  }

  /** As `decide`. An `undecided` is never kept: what failed may succeed. */
  decide(input: PolicyInput): Decision {
    const key = decisionKey(input, (action) => this.#plans.get(action) ?? 'none');
    if (key === undefined || key.length > MAX_KEY_CHARACTERS) return decide(this.set, input);
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const decision = decide(this.set, input);
    if (decision.effect !== 'undecided') this.#keep(key, decision);
    return decision;
  }

  /** From now on every decision is `undecided`. */
  release(): void {
    this.#kept.clear();
    releasePolicySet(this.set);
  }

  #keep(key: string, decision: Decision): void {
    if (this.#kept.size >= MAX_KEPT) {
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    }
    this.#kept.set(key, decision);
  }
}
