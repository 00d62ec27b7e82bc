// SPDX-License-Identifier: Apache-2.0
import type { Assertion } from '@countersign/evidence';
import type { Principal, RuleRef } from '@countersign/policy';
import type { Effect } from '../effects/effect.ts';

/** `pending` and `approved` are open; the others are ends, and nothing leads on from them. */
export type ApprovalState = 'pending' | 'approved' | 'denied' | 'expired' | 'used' | 'withdrawn';

/** Somebody, as tokens name them. */
export interface Person {
  readonly issuer: string;
  readonly subject: string;
}

/** What one rule wants countersigned. */
export interface Requirement {
  readonly rule: RuleRef;
  readonly group: string;
  readonly quorum: number;
  /** Whether the agent's owner may countersign it, as any other member. */
  readonly ownerMay: boolean;
  /** The rule's `@reason`. */
  readonly reason?: string | undefined;
}

/** What one person said, with the groups by which they may say it. */
export interface Signature {
  readonly by: Person;
  readonly groups: readonly string[];
  /** Digests of the addresses that their token has of them; absent where nobody looked for any. */
  readonly known?: readonly string[];
  /** RFC 3339. */
  readonly at: string;
  readonly reason: string;
  /** Of a passkey of theirs; absent where a token was all that said who they are. */
  readonly countersignature?: Countersignature;
  /** Of a yes: keyed, by which a gateway knows that one was given it. */
  readonly mac?: string;
}

/** What a passkey signed of a verdict. */
export interface Countersignature extends Assertion {
  /** Its credential id, in base64url. */
  readonly passkey: string;
  /** Digests, in hex, of the card that was shown and of who says it and why. */
  readonly shown: string;
  readonly said: string;
  /** Under which `said` is made, in base64url. */
  readonly nonce: string;
}

/** Who asked. */
export interface Requester extends Person {
  readonly id: string;
  readonly owner: string;
  readonly purpose: string;
  /** Whom it acts for, and through whom. */
  readonly act: readonly Person[];
}

/** Who asks, of what policy knows of them. */
export function requesterOf({ id, issuer, subject, owner, purpose, act }: Principal): Requester {
  return { id, issuer, subject, owner, purpose, act: act.map((actor) => ({ ...actor })) };
}

/** What it would do, as the approver sees it: masked and bounded. */
export interface ShownEffect extends Omit<Effect, 'digest' | 'answer'> {
  /** Hex. */
  readonly digest: string;
}

export function shownEffect({ answer: _, ...effect }: Effect): ShownEffect {
  return { ...effect, digest: Buffer.from(effect.digest).toString('hex') };
}

/** One request of a plan. */
export interface PlanMember {
  /** What the request is known by when it comes, and what it would do. */
  readonly digest: string;
  /** Of the request alone, which is known before it is found out what it would do. */
  readonly request: string;
  readonly action: string;
  /** What of the plan's requirements is asked of this request. */
  readonly requirements: readonly Requirement[];
  readonly effect: ShownEffect;
  /** The exchange that used it. */
  readonly usedBy?: string;
}

/** How an approval goes on. */
export type Step =
  | { readonly type: 'asked' }
  /** The requester says why: once, and nothing hangs on it. */
  | { readonly type: 'reasoned'; readonly reason: string }
  | { readonly type: 'approved'; readonly signature: Signature }
  | { readonly type: 'denied'; readonly signature: Signature }
  | { readonly type: 'expired' }
  | { readonly type: 'withdrawn'; readonly signature: Signature }
  /** Of a plan one member, by its digest. */
  | { readonly type: 'used'; readonly exchange: string; readonly member?: string };

/**
 * A step that is being put on record. It is taken once that is durable, and by nobody else until then: what a crash
 * left of it is settled by what the log says. A no that is claimed has been said: whoever finds it sees it through.
 */
export interface Claim {
  readonly step: Step;
  /** Names the step in its record: a UUID. */
  readonly transition: string;
  /** The key of the log that has the record, which is what no two gateways share: names can be given twice. */
  readonly log: string;
  readonly at: string;
}

/** One request for a countersignature. Times are RFC 3339, digests hex. */
export interface ApprovalDocument {
  readonly state: ApprovalState;
  /** What it is bound to: the request, and what it would do. */
  readonly digest: string;
  /** The exchange that asked first. */
  readonly exchange: string;
  readonly session: string;
  readonly cluster: string;
  readonly requester: Requester;
  /** `delete configmaps settings in namespace demo`. */
  readonly action: string;
  /** The path of the request, by which is judged how much of its effect the requester may see. */
  readonly target?: string;
  /** Why, in the requester's own words, once they have said so: beside what is countersigned, and no part of it. */
  readonly reason?: string;
  readonly requirements: readonly Requirement[];
  readonly policyDigest: string;
  readonly effect: ShownEffect;
  /** Of a plan: the requests that it is for, each once. */
  readonly members?: readonly PlanMember[];
  /** 32 bytes in hex, under which what is shown of it is on record. */
  readonly salt: string;
  /** Digest of all that people are shown of it, as it was asked: who alters that alone is found out. */
  readonly card: string;
  readonly askedAt: string;
  /** Neither countersigned nor used from then on. */
  readonly expiresAt: string;
  readonly signatures: readonly Signature[];
  /** Who denied or withdrew it. */
  readonly endedBy?: Signature;
  /** The exchange that used it. */
  readonly usedBy?: string;
  readonly endedAt?: string;
  readonly claim?: Claim;
}

/** Whether that it was asked for is on record: until then there is no such approval for anybody. */
export function isAsked({ claim }: Pick<ApprovalDocument, 'claim'>): boolean {
  return claim?.step.type !== 'asked';
}

export function isOpen({ state }: Pick<ApprovalDocument, 'state'>): boolean {
  return state === 'pending' || state === 'approved';
}

/** So long a no is told to whoever comes back for it: a caller that was told to come back is away for ten seconds or so. */
const DENIAL_STANDS_MS = 60_000;

/** Until when one that was denied is told as that, in milliseconds. */
export function deniedUntil({ endedAt }: Pick<ApprovalDocument, 'endedAt'>): number {
  return endedAt === undefined ? 0 : Date.parse(endedAt) + DENIAL_STANDS_MS;
}

export function isDue({ expiresAt }: Pick<ApprovalDocument, 'expiresAt'>, now: Date): boolean {
  return now.getTime() >= Date.parse(expiresAt);
}

/** A step by which somebody keeps it from being done. */
export type No = Extract<Step, { readonly type: 'denied' | 'withdrawn' }>;

export function isNo(step: Step): step is No {
  return step.type === 'denied' || step.type === 'withdrawn';
}

/** Whether an approval of one request is for one, or a plan has a member that nobody has used. */
function isUsable({ members }: ApprovalDocument, member: string | undefined): boolean {
  if (members === undefined || member === undefined) return members === undefined && member === undefined;
  return members.some(({ digest, usedBy }) => digest === member && usedBy === undefined);
}

/** Whether a step may be taken from where an approval stands; who may take it is another question. */
export function mayTake(approval: ApprovalDocument, step: Step, now: Date): boolean {
  const { state } = approval;
  switch (step.type) {
    case 'asked':
      return false;
    case 'approved':
    case 'denied':
      return state === 'pending' && !isDue(approval, now);
    // Once: who has read it and says yes has read what stays.
    case 'reasoned':
      return state === 'pending' && !isDue(approval, now) && approval.reason === undefined;
    case 'withdrawn':
      return isOpen(approval) && !isDue(approval, now);
    case 'expired':
      return isOpen(approval) && isDue(approval, now);
    case 'used':
      return state === 'approved' && !isDue(approval, now) && isUsable(approval, step.member);
  }
}

/** The approval after a step that it may take; `isComplete` says of its signatures whether any is still missing. */
export function afterStep(
  approval: ApprovalDocument,
  step: Step,
  now: Date,
  isComplete: (signatures: readonly Signature[]) => boolean,
): ApprovalDocument {
  const { claim: _, ...settled } = approval;
  const endedAt = now.toISOString();
  switch (step.type) {
    case 'asked':
      return settled;
    case 'reasoned':
      return { ...settled, reason: step.reason };
    case 'approved': {
      const signatures = [...approval.signatures, step.signature];
      return { ...settled, signatures, state: isComplete(signatures) ? 'approved' : 'pending' };
    }
    case 'denied':
    case 'withdrawn':
      return { ...settled, state: step.type, endedBy: step.signature, endedAt };
    case 'expired':
      return { ...settled, state: 'expired', endedAt };
    case 'used':
      return afterUse(settled, step, endedAt);
  }
}

/** A plan is used once all of its members are. */
function afterUse(
  approval: ApprovalDocument,
  { exchange, member }: Extract<Step, { readonly type: 'used' }>,
  endedAt: string,
): ApprovalDocument {
  const members = approval.members?.map((one) => (one.digest === member ? { ...one, usedBy: exchange } : one));
  if (members?.some(({ usedBy }) => usedBy === undefined)) return { ...approval, members };
  return { ...approval, ...(members ? { members } : {}), state: 'used', usedBy: exchange, endedAt };
}
