// SPDX-License-Identifier: Apache-2.0
import { APPROVAL_REASON, type ApprovalCause } from '@countersign/wire';
import type { Approval } from './transitions.ts';

const MAX_GROUPS_TEXT = 4_096;

/** Groups whose members countersign, as people and programs read them. */
export function groupsOf({ value }: Pick<Approval, 'value'>): string {
  const groups = new Set(value.requirements.map(({ group }) => group));
  return [...groups].join(', ').slice(0, MAX_GROUPS_TEXT);
}

/** What a program is told of an approval, beside the sentence for people. */
export function approvalCauses(
  approval: Approval,
  retry: Extract<ApprovalCause, { field: 'retry' }>['message'],
): readonly ApprovalCause[] {
  const { state, expiresAt } = approval.value;
  const reason = APPROVAL_REASON;
  return [
    { reason, field: 'approval', message: approval.id },
    { reason, field: 'state', message: state },
    { reason, field: 'approvers', message: groupsOf(approval) },
    { reason, field: 'expiresAt', message: expiresAt },
    { reason, field: 'retry', message: retry },
  ];
}
