// SPDX-License-Identifier: Apache-2.0
import type { RuleRef } from '@countersign/policy';
import { APPROVAL_REASON, type ApprovalCause } from '@countersign/wire';

const MAX_TEXT = 4_096;
const reason = APPROVAL_REASON;

/** Which rules ask. */
export function rulesCause(requirements: readonly { readonly rule: RuleRef }[]): ApprovalCause {
  const rules = new Set(requirements.map(({ rule }) => `${rule.set}/${rule.id}`));
  return { reason, field: 'rules', message: [...rules].join(', ').slice(0, MAX_TEXT) };
}

/** Groups whose members countersign, as people and programs read them. */
export function groupsText(requirements: readonly { readonly group: string }[]): string {
  return [...new Set(requirements.map(({ group }) => group))].join(', ').slice(0, MAX_TEXT);
}

/** What a program is told of a request that is not held for people, whom only a grant lets on. */
export function grantCauses(
  requirements: readonly { readonly rule: RuleRef; readonly group: string }[],
): readonly ApprovalCause[] {
  return [
    { reason, field: 'approvers', message: groupsText(requirements) },
    rulesCause(requirements),
    { reason, field: 'retry', message: 'under-a-grant' },
  ];
}
