// SPDX-License-Identifier: Apache-2.0
import { type Rule, ruleKey } from './check-policies.ts';
import type { PolicyEngine, PreparedPolicies } from './engine.ts';

/** The rules of one cluster, ready to decide with: the organisation's and its own. */
export interface PolicySet {
  readonly cluster: string;
  readonly digest: string;
  readonly engine: PolicyEngine;
  /** By `ruleKey`. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** Permits and plain forbids: what must allow first. */
  readonly opening: PreparedPolicies;
  /** Approval-forbids beside a permit of everything; undefined when there are none. */
  readonly holding: PreparedPolicies | undefined;
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
  const textsOf = (some: readonly Rule[]) => some.map((rule) => [ruleKey(rule.ref), rule.text] as const);
  const opening = engine.prepare(new Map(textsOf(rules.filter((rule) => !rule.approval))));
  const approvals = textsOf(rules.filter((rule) => rule.approval));
  try {
    const holding =
      approvals.length === 0 ? undefined : engine.prepare(new Map([...approvals, [permitAllKey, permitAllText]]));
    return {
      cluster,
      digest,
      engine,
      rules: new Map(rules.map((rule) => [ruleKey(rule.ref), rule])),
      opening,
      holding,
    };
  } catch (error) {
    engine.release(opening);
    throw error;
  }
}

/** From now on every decision of the set is `undecided`. */
export function releasePolicySet({ engine, opening, holding }: PolicySet): void {
  engine.release(opening);
  if (holding) engine.release(holding);
}
