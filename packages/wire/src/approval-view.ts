// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import { WireError } from './wire-error.ts';

const person = z.object({ issuer: z.string(), subject: z.string() });
const signature = z.object({
  by: person,
  groups: z.array(z.string()).readonly(),
  at: z.string(),
  reason: z.string(),
  passkey: z.string().optional(),
});
const change = z.object({ path: z.string(), before: z.string().optional(), after: z.string().optional() });

const effect = z.object({ summary: z.string(), changes: z.array(change).readonly(), omitted: z.number() });

/** An approval as the control API shows it. Texts in it are an agent's, or of objects: nobody may trust what they say. */
export const approvalView = z.object({
  id: z.string(),
  state: z.enum(['pending', 'approved', 'denied', 'expired', 'used', 'withdrawn']),
  digest: z.string(),
  cluster: z.string(),
  agent: z.string(),
  owner: z.string(),
  purpose: z.string(),
  act: z.array(person).readonly(),
  action: z.string(),
  /** Why, as the agent says; absent where it has not. */
  reason: z.string().optional(),
  requirements: z
    .array(
      z.object({
        rule: z.object({ set: z.string(), id: z.string() }),
        group: z.string(),
        quorum: z.number(),
        reason: z.string().optional(),
      }),
    )
    .readonly(),
  missing: z.array(z.object({ group: z.string(), count: z.number() })).readonly(),
  effect,
  /** Of a plan: the requests that it is for, each once. */
  members: z
    .array(z.object({ action: z.string(), effect, usedBy: z.string().optional() }))
    .readonly()
    .optional(),
  exchange: z.string(),
  session: z.string(),
  policyDigest: z.string(),
  askedAt: z.string(),
  expiresAt: z.string(),
  signatures: z.array(signature).readonly(),
  endedBy: signature.optional(),
  usedBy: z.string().optional(),
  endedAt: z.string().optional(),
});

export type ApprovalView = z.infer<typeof approvalView>;

/** @throws WireError `ERR_WIRE_ANSWER` when it is none */
export function parseApprovalView(value: unknown): ApprovalView {
  const parsed = approvalView.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new WireError('ERR_WIRE_ANSWER', `this is no approval: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
}
