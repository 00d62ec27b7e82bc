// SPDX-License-Identifier: Apache-2.0
import type { Json, LogRecord } from '@countersign/evidence';
import type { ApprovalDocument, Person, Step } from '../approvals/approval.ts';
import { cardOf, shownOf } from '../approvals/card.ts';
import type { Wanted } from '../approvals/shown-flaw.ts';
import type { Decided, Exchange, MadeDecision } from '../exchange.ts';
import { decisionOf, exchangeFacts, recordTime, sealedFacts, sealedInput } from './exchange-facts.ts';

/** What a record has room for; the decision beside it names as many. */
const MAX_RULES = 64;

type Record<T extends LogRecord['type']> = Extract<LogRecord, { type: T }>;

/** A new approval. The digest's own text is sealed beside it, so that an auditor can make it again. */
export function askedRecord(
  exchange: Exchange,
  approval: string,
  document: ApprovalDocument,
  bound: Json,
): Record<'approval.asked'> {
  const { digest, requirements, expiresAt, salt, members } = document;
  const { input: _, ...sealed } = sealedFacts(exchange);
  return {
    type: 'approval.asked',
    ...exchangeFacts(exchange),
    approval,
    digest,
    rules: requirements.slice(0, MAX_RULES).map(({ rule }) => ({ set: rule.set, id: rule.id })),
    groups: [...new Set(requirements.map(({ group }) => group))].slice(0, MAX_RULES),
    expiresAt: recordTime(new Date(expiresAt)),
    shown: shownOf(document),
    ...(members === undefined ? {} : { members: members.map((member) => member.digest) }),
    sealed: { ...sealed, bound, shown: { salt, card: cardOf(document) } },
  };
}

/** A person, as the log turns into a pseudonym: subjects are unique by issuer alone. */
export function nameOf({ issuer, subject }: Person): string {
  return `${subject} of ${issuer}`;
}

/** What became of an approval, but for its use, of which its exchange says more. */
export function approvalRecord(
  approval: string,
  document: ApprovalDocument,
  step: Exclude<Step, { type: 'asked' | 'used' }>,
): Record<'approval.approved' | 'approval.denied' | 'approval.expired' | 'approval.reasoned' | 'approval.withdrawn'> {
  const { exchange, session, cluster, digest, requester } = document;
  const facts = { approval, exchange, session, cluster };
  if (step.type === 'expired') return { type: 'approval.expired', ...facts };
  if (step.type === 'reasoned')
    return { type: 'approval.reasoned', ...facts, by: requester.id, sealed: { reason: step.reason } };
  const { by, reason, countersignature } = step.signature;
  const own = { claims: { signer: nameOf(by) }, ...(reason === '' ? {} : { reason }) };
  const said = { ...facts, by: by.subject };
  if (step.type === 'withdrawn') return { type: 'approval.withdrawn', ...said, sealed: own };
  const verdict = { type: `approval.${step.type}` as const, ...said, digest, shown: shownOf(document) };
  if (countersignature === undefined) return { ...verdict, sealed: own };
  const { nonce, ...signed } = countersignature;
  const sealed = { ...own, countersignature: { nonce, approver: { ...by }, reason } };
  return { ...verdict, countersignature: signed, sealed };
}

/** Durable before the intent that it is used for. */
export function usedRecord(
  exchange: Decided,
  approval: string,
  { digest, member }: Pick<Wanted, 'digest' | 'member'>,
): Record<'approval.used'> {
  const part = member === undefined ? {} : { member: member.digest };
  return { type: 'approval.used', ...exchangeFacts(exchange), approval, digest, ...part };
}

/** The decision by which an approval may be used, made again with the policies of that moment. */
export function useDecisionRecord(exchange: Decided, made: MadeDecision): Record<'decision'> {
  return {
    type: 'decision',
    ...exchangeFacts(exchange),
    decision: { ...decisionOf(made), occasion: 'approval-use' },
    sealed: { input: sealedInput(made) },
  };
}
