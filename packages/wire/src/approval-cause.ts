// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const MAX_TEXT = 4_096;

/** `reason` of every cause that is about an approval. */
export const APPROVAL_REASON = 'approval-required';

const cause = <const Field extends string, Message extends z.ZodType<string, string>>(field: Field, message: Message) =>
  z.strictObject({ reason: z.literal(APPROVAL_REASON), field: z.literal(field), message });

/**
 * One of the causes that stand in `details.causes` of a Status that is about a countersignature: a cause a field, its
 * value in `message`. Of what can't be asked for there are `rules` alone; of what only a grant gives `approvers`, `rules` and `retry`.
 */
export const ApprovalCause = z
  .discriminatedUnion('field', [
    cause('approval', z.string().regex(UUID).describe('Id of the approval')),
    cause(
      'url',
      z.url().max(MAX_TEXT).describe('Where people see it, in the console; absent where the gateway has none'),
    ),
    cause('state', z.enum(['pending', 'approved', 'denied', 'expired', 'used', 'withdrawn'])),
    cause('approvers', z.string().max(MAX_TEXT).describe('Groups whose members countersign, with commas between')),
    cause('rules', z.string().max(MAX_TEXT).describe('Rules that ask, set/id each, with commas between')),
    cause('expiresAt', z.iso.datetime().describe('Until then it may be countersigned, and used')),
    cause(
      'retry',
      z
        .enum(['same-request', 'new-request', 'under-a-grant'])
        .describe(
          'same-request: send it again as it is, and it joins the approval; new-request: sent again, it asks anew; under-a-grant: it is refused again until a grant gives it',
        ),
    ),
  ])
  .meta({ id: 'ApprovalCause', description: 'A cause of a metav1.Status that is about an approval' });

export type ApprovalCause = z.infer<typeof ApprovalCause>;

/** The JSON Schema of such a cause. */
export function approvalCauseSchema(): unknown {
  return z.toJSONSchema(ApprovalCause, { target: 'draft-2020-12' });
}
