// SPDX-License-Identifier: Apache-2.0
import type { Json, LogRecord } from '@countersign/evidence';
import type { Signature } from '../approvals/approval.ts';
import type { GrantDocument } from '../grants/grant.ts';
import { recordTime } from './exchange-facts.ts';

type Record<T extends LogRecord['type']> = Extract<LogRecord, { type: T }>;

function about(grant: string, { cluster, requester }: GrantDocument) {
  return { grant, cluster, agent: requester.id };
}

function saidBy({ by: { issuer, subject }, reason }: Signature) {
  const sealed = { claims: { signer: `${subject} of ${issuer}` }, ...(reason === '' ? {} : { reason }) };
  return { by: subject, sealed };
}

/** A yes or a no, with what a passkey signed of it, if one did. */
function verdictBy({ countersignature, ...signature }: Signature) {
  const { by, sealed } = saidBy(signature);
  if (countersignature === undefined) return { by, sealed };
  const { nonce, ...countersigned } = countersignature;
  const own = { nonce, approver: { ...signature.by }, reason: signature.reason };
  return { by, countersignature: countersigned, sealed: { ...sealed, countersignature: own } };
}

/** Durable before anybody can sign it; what it is for is sealed beside it. */
export function grantAskedRecord(grant: string, document: GrantDocument, bound: Json): Record<'grant.asked'> {
  const { digest, expiresAt, reason } = document;
  return {
    type: 'grant.asked',
    ...about(grant, document),
    by: document.askedBy?.subject ?? document.requester.id,
    scope: digest,
    expiresAt: recordTime(new Date(expiresAt)),
    sealed: { scope: bound, ...(reason === '' ? {} : { reason }) },
  };
}

/** Durable before it is in force; `pending` is one that waits for others still. */
export function grantApprovedRecord(
  grant: string,
  document: GrantDocument,
  signature: Signature,
  expiresAt: string,
): Record<'grant.approved'> {
  const until = recordTime(new Date(expiresAt));
  const scope = document.digest;
  const waits = document.state === 'pending' ? { pending: true } : {};
  const facts = { ...about(grant, document), ...verdictBy(signature), scope, expiresAt: until, ...waits };
  return { type: 'grant.approved', ...facts };
}

/** Durable before it is in force. */
export function breakGlassOpenedRecord(
  grant: string,
  document: GrantDocument,
  signature: Signature,
  bound: Json,
): Record<'breakglass'> {
  const { by, sealed } = saidBy(signature);
  return {
    type: 'breakglass',
    action: 'opened',
    ...about(grant, document),
    by,
    scope: document.digest,
    expiresAt: recordTime(new Date(document.expiresAt)),
    sealed: { ...sealed, scope: bound },
  };
}

/** The end of a grant, by which it ended. */
export function grantEndRecord(
  grant: string,
  document: GrantDocument,
): Record<'grant.denied' | 'grant.expired' | 'grant.revoked' | 'grant.withdrawn' | 'breakglass'> {
  const { state, endedBy, breakGlass } = document;
  const facts = about(grant, document);
  if (breakGlass)
    return endedBy === undefined
      ? { type: 'breakglass', action: 'expired', ...facts }
      : { type: 'breakglass', action: 'ended', ...facts, ...saidBy(endedBy) };
  if (endedBy === undefined || state === 'pending' || state === 'active' || state === 'expired')
    return { type: 'grant.expired', ...facts };
  if (state === 'denied') return { type: 'grant.denied', ...facts, ...verdictBy(endedBy) };
  return { type: `grant.${state}`, ...facts, ...saidBy(endedBy) };
}
