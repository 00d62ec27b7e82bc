// SPDX-License-Identifier: Apache-2.0

import type { Hmac } from '@countersign/mask';
import { isSameText } from '../same-text.ts';
import type { ApprovalDocument, Person, Requester, Signature } from './approval.ts';
import { isDue } from './approval.ts';
import { isAsAsked } from './card.ts';
import { isOnePerson } from './one-person.ts';
import { countOf, missingOf } from './quorum.ts';
import { separationOf } from './separation.ts';

/** What a person says of an approval. */
export interface Verdict {
  readonly kind: 'approve' | 'deny' | 'withdraw';
  readonly signature: Signature;
  /** All that their token may call them, and all groups that it says they are in: to tell them from others. */
  readonly names: readonly string[];
  readonly allGroups: readonly string[];
  /** Of what they saw, hex. */
  readonly digest: string;
  /** How many changes they say they could not see. */
  readonly unseen: number;
}

/** Why a verdict is not taken. */
export type VerdictProblem =
  /** It is no longer, or not yet, at a point where that can be said of it. */
  | 'ERR_APPROVAL_STATE'
  /** Who asked can't countersign, nor whom they act for. */
  | 'ERR_APPROVAL_SELF'
  /** Its agent's owner, where a rule doesn't say that they may. */
  | 'ERR_APPROVAL_OWNER'
  /** Nothing in their token tells them from that owner. */
  | 'ERR_APPROVAL_OWNER_UNCLEAR'
  | 'ERR_APPROVAL_GROUP'
  /** A person counts once. */
  | 'ERR_APPROVAL_TWICE'
  /** Nobody of their groups is missing any more. */
  | 'ERR_APPROVAL_NOT_NEEDED'
  /** What is stored of it is not what was asked. */
  | 'ERR_APPROVAL_UNSOUND'
  /** They saw something else. */
  | 'ERR_APPROVAL_DIGEST'
  /** There is more to it than they could be shown, and they don't say that they know. */
  | 'ERR_APPROVAL_UNSEEN';

/** By subject alone: who has tokens of two issuers is one person, and the log, too, tells people apart by it. */
export function isSame(one: Person, other: Person): boolean {
  return one.subject === other.subject;
}

function isAllowedState({ state }: ApprovalDocument, kind: Verdict['kind']): boolean {
  return state === 'pending' || (kind === 'withdraw' && state === 'approved');
}

/** Whether somebody asked for it, or is asked for, by any name that their token gives them. */
export function isRequester(requester: Requester, by: Person, names: readonly string[]): boolean {
  return [requester, ...requester.act].some((one) => isSame(one, by) || names.includes(one.subject));
}

/** Whether somebody has a part in what is asked, or may have. */
function ownProblem(
  { requester, requirements }: ApprovalDocument,
  { signature, names, allGroups }: Verdict,
): VerdictProblem | undefined {
  if (isRequester(requester, signature.by, names)) return 'ERR_APPROVAL_SELF';
  if (requirements.every(({ ownerMay }) => ownerMay)) return undefined;
  const separation = separationOf(requester.owner, [signature.by.subject, ...names], allGroups);
  if (separation === 'owner') return 'ERR_APPROVAL_OWNER';
  return separation === 'unclear' ? 'ERR_APPROVAL_OWNER_UNCLEAR' : undefined;
}

/** Whether a person has a say in an approval at all; undefined when nothing speaks against it. */
export function personProblem(approval: ApprovalDocument, verdict: Verdict): VerdictProblem | undefined {
  return ownProblem(approval, verdict) ?? (verdict.signature.groups.length === 0 ? 'ERR_APPROVAL_GROUP' : undefined);
}

/** Whether a person may say this of an approval, and whether that leads on; undefined when nothing speaks against it. */
export function verdictProblem(
  { id, value: approval }: { readonly id: string; readonly value: ApprovalDocument },
  verdict: Verdict,
  { vouch, now }: { readonly vouch: Hmac; readonly now: () => Date },
): VerdictProblem | undefined {
  const { signatures, digest } = approval;
  const { signature, kind } = verdict;
  // First who they are: what is open is for those to know who may countersign it.
  const person = personProblem(approval, verdict);
  if (person) return person;
  if (!isAllowedState(approval, kind) || isDue(approval, now())) return 'ERR_APPROVAL_STATE';
  // A yes that is taken back stands for nothing, whatever was shown.
  if (kind !== 'withdraw' && !isAsAsked(vouch, { id, value: approval })) return 'ERR_APPROVAL_UNSOUND';
  if (!isSameText(digest, verdict.digest)) return 'ERR_APPROVAL_DIGEST';
  if (kind !== 'approve') return undefined;
  if (verdict.unseen !== approval.effect.omitted) return 'ERR_APPROVAL_UNSEEN';
  if (signatures.some((one) => isOnePerson(one, signature))) return 'ERR_APPROVAL_TWICE';
  const { requirements } = approval;
  const [before, after] = [signatures, [...signatures, signature]].map((all) => countOf(missingOf(requirements, all)));
  return before === after ? 'ERR_APPROVAL_NOT_NEEDED' : undefined;
}

/** The groups of a person that count for an approval. */
export function countingGroups(
  { requirements }: Pick<ApprovalDocument, 'requirements'>,
  groups: readonly string[],
): readonly string[] {
  return [...new Set(requirements.map(({ group }) => group))].filter((group) => groups.includes(group));
}
