// SPDX-License-Identifier: Apache-2.0
import { mayConcern, type PolicyAction, policyActions } from './action-scope.ts';
import { type Rule, ruleKey } from './check-policies.ts';
import type { PolicyEngine, PreparedPolicies } from './engine.ts';

/** The rules of one cluster, ready to decide with: the organisation's and its own. */
export interface PolicySet {
  readonly cluster: string;
  readonly digest: string;
  readonly engine: PolicyEngine;
  /** By `ruleKey`. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** For each action, of the rules that may concern it. */
  readonly slices: ReadonlyMap<PolicyAction, PolicySlice>;
}

/** The rules that may concern one action: most rules of a set name other ones, and cost as much as if they matched. */
export interface PolicySlice {
  /** Permits and plain forbids: what must allow first. */
  readonly opening: PreparedPolicies;
  /** Approval-forbids beside a permit of everything; undefined when there are none. */
  readonly holding: PreparedPolicies | undefined;
  /** All that its rules look at, as in `ParsedPolicy`. */
  readonly reads: ReadonlySet<string>;
}

/** Stands beside the approval-forbids, so that the engine names those that match. No rule's key is like it. */
export const permitAllKey = 'permit-all';
const permitAllText = 'permit (principal, action, resource);';

/**
 * Puts checked rules in force. The engine holds them until `releasePolicySet`.
 * @throws PolicyError `ERR_POLICY_ENGINE`
 */
export function preparePolicySet(
  engine: PolicyEngine,
  cluster: string,
  digest: string,
  rules: readonly Rule[],
): PolicySet {
  const prepared = new PreparedSlices(engine);
  try {
    const slices = policyActions.map((action) => [action, prepared.slice(rules, action)] as const);
    const byKey = new Map(rules.map((rule) => [ruleKey(rule.ref), rule]));
    return { cluster, digest, engine, rules: byKey, slices: new Map(slices) };
  } catch (error) {
    prepared.release();
    throw error;
  }
}

/** From now on every decision of the set is `undecided`. */
export function releasePolicySet({ engine, slices }: PolicySet): void {
  const prepared = [...slices.values()].flatMap(({ opening, holding }) => [opening, ...(holding ? [holding] : [])]);
  for (const one of new Set(prepared)) engine.release(one);
}

/** Prepares slices; those of the same rules are one. */
class PreparedSlices {
  readonly #engine: PolicyEngine;
  readonly #byRules = new Map<string, PreparedPolicies>();

  constructor(engine: PolicyEngine) {
    this.#engine = engine;
  }

  slice(rules: readonly Rule[], action: PolicyAction): PolicySlice {
    const concerned = rules.filter((rule) => mayConcern(rule.actions, action));
    const textsOf = (some: readonly Rule[]) => some.map((rule) => [ruleKey(rule.ref), rule.text] as const);
    const opening = this.#prepare(textsOf(concerned.filter((rule) => !rule.approval)));
    const approvals = textsOf(concerned.filter((rule) => rule.approval));
    const holding = approvals.length === 0 ? undefined : this.#prepare([...approvals, [permitAllKey, permitAllText]]);
    return { opening, holding, reads: new Set(concerned.flatMap(({ reads }) => [...reads])) };
  }

  release(): void {
    for (const prepared of this.#byRules.values()) this.#engine.release(prepared);
  }

  #prepare(texts: readonly (readonly [key: string, text: string])[]): PreparedPolicies {
    const rules = JSON.stringify(texts.map(([key]) => key));
    const prepared = this.#byRules.get(rules) ?? this.#engine.prepare(new Map(texts));
    this.#byRules.set(rules, prepared);
    return prepared;
  }
}
