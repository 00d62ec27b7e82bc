// SPDX-License-Identifier: Apache-2.0
import type { Decision } from '@countersign/policy';
import type { Decided, Used } from '../exchange.ts';
import type { Requirement } from './approval.ts';

/** Whether all that a decision asks for is what was countersigned, rule by rule. */
export function isCovered(decision: Decision, countersigned: readonly Requirement[]): boolean {
  if (decision.effect === 'allow') return true;
  if (decision.effect !== 'ask') return false;
  return decision.approvals.every(({ rule, group, quorum, ownerMay }) =>
    countersigned.some(
      (one) =>
        one.rule.set === rule.set &&
        one.rule.id === rule.id &&
        one.group === group &&
        one.quorum >= quorum &&
        (ownerMay || !one.ownerMay),
    ),
  );
}

/** Whether an exchange that goes on by an approval that it has used may do so by another decision, too. */
export function goesOnBy(
  { approval, countersigned }: Decided & Partial<Pick<Used, 'approval' | 'countersigned'>>,
  decision: Decision,
): boolean {
  const isUsed = approval !== undefined && countersigned !== undefined;
  return isUsed && isCovered(decision, countersigned.wanted.requirements);
}
