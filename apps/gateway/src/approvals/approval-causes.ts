// SPDX-License-Identifier: Apache-2.0
import { APPROVAL_REASON, type ApprovalCause } from '@countersign/wire';
import { groupsText, rulesCause } from '../policies/ask-causes.ts';
import type { Approval } from './transitions.ts';

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
    { reason, field: 'approvers', message: groupsText(requirements) },
    rulesCause(requirements),
    { reason, field: 'expiresAt', message: expiresAt },
    { reason, field: 'retry', message: retry },
  ];
}
