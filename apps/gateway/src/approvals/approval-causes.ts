// SPDX-License-Identifier: Apache-2.0
import { APPROVAL_REASON, type ApprovalCause } from '@countersign/wire';
import type { Requirement } from './approval.ts';
import type { Approval } from './transitions.ts';

const MAX_TEXT = 4_096;

/** Which rules ask. */
export function rulesCause(requirements: readonly Pick<Requirement, 'rule'>[]): ApprovalCause {
  const rules = new Set(requirements.map(({ rule }) => `${rule.set}/${rule.id}`));
  return { reason: APPROVAL_REASON, field: 'rules', message: [...rules].join(', ').slice(0, MAX_TEXT) };
}

/** Groups whose members countersign, as people and programs read them. */
export function groupsOf({ value }: Pick<Approval, 'value'>): string {
  const groups = new Set(value.requirements.map(({ group }) => group));
  return [...groups].join(', ').slice(0, MAX_TEXT);
}

/** Where people see an approval: a URL of the console, undefined where there is none. */
export type UrlOf = (approval: string) => string | undefined;

/** What a program is told of an approval, beside the sentence for people. */
export function approvalCauses(
  approval: Approval,
  retry: Extract<ApprovalCause, { field: 'retry' }>['message'],
  urlOf: UrlOf,
): readonly ApprovalCause[] {
  const { state, expiresAt, requirements } = approval.value;
  const reason = APPROVAL_REASON;
  const url = urlOf(approval.id);
  return [
    { reason, field: 'approval', message: approval.id },
    ...(url === undefined ? [] : [{ reason, field: 'url', message: url } as const]),
    { reason, field: 'state', message: state },
    { reason, field: 'approvers', message: groupsOf(approval) },
    rulesCause(requirements),
    { reason, field: 'expiresAt', message: expiresAt },
    { reason, field: 'retry', message: retry },
  ];
}
