// SPDX-License-Identifier: Apache-2.0
import { ruleKey } from './check-policies.ts';
import type { Decision, RuleRef } from './decision.ts';

type Letting = Extract<Decision, { effect: 'allow' | 'ask' }>;
type Refusing = Exclude<Decision, Letting>;

/** What two decisions of one set on one request come to where both must let it: the stricter, or all that both ask for. */
export function bothOf(one: Decision, other: Decision): Decision {
  if (isRefusing(one)) return isRefusing(other) ? stricterOf(one, other) : one;
  return isRefusing(other) ? other : lettingOf(one, other);
}

function isRefusing(decision: Decision): decision is Refusing {
  return decision.effect === 'deny' || decision.effect === 'undecided';
}

function strictness(decision: Refusing): number {
  if (decision.effect === 'undecided') return 2;
  return decision.reason === 'forbidden' ? 1 : 0;
}

function stricterOf(one: Refusing, other: Refusing): Refusing {
  if (strictness(one) === strictness(other)) return { ...one, rules: distinct([...one.rules, ...other.rules]) };
  return strictness(one) > strictness(other) ? one : other;
}

function lettingOf(one: Letting, other: Letting): Letting {
  const { policyDigest } = one;
  const rules = distinct([...one.rules, ...other.rules]);
  const reveal = one.reveal && other.reveal;
  const asked = [one, other].flatMap((decision) => (decision.effect === 'ask' ? decision.approvals : []));
  if (asked.length === 0) return { effect: 'allow', policyDigest, rules, reveal };
  const approvals = [...new Map(asked.map((approval) => [ruleKey(approval.rule), approval])).values()];
  return { effect: 'ask', policyDigest, rules, reveal, approvals };
}

function distinct(rules: readonly RuleRef[]): RuleRef[] {
  return [...new Map(rules.map((rule) => [ruleKey(rule), rule])).values()];
}
