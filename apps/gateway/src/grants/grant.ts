// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import { type ApprovalRequirement, inputActions, type PolicyInput, policyAction } from '@countersign/policy';
import type { Requester, Signature } from '../approvals/approval.ts';
import { missingOf } from '../approvals/quorum.ts';
import { signaturesFlaw } from '../approvals/signatures-flaw.ts';
import { isSame } from '../approvals/verdict.ts';

/** `pending` and `active` are open; the others are ends. */
export type GrantState = 'pending' | 'active' | 'denied' | 'expired' | 'revoked' | 'withdrawn';

/** What a grant is for: each list is of exact words, and a request must be in all of them. */
export interface GrantScope {
  /** Actions of policy: `delete`, `exec`. */
  readonly verbs: readonly string[];
  /** `pods`, `deployments.apps`, `deployments.apps/scale`; what an action says by itself (`exec`, `log`) need not stand. */
  readonly resources: readonly string[];
  /** The empty text stands for what has no namespace. */
  readonly namespaces: readonly string[];
  /** Any, where there are none. */
  readonly names?: readonly string[] | undefined;
  /** `app=web`: all of them, of each object that a request is about, before it and after it. */
  readonly labels?: readonly string[] | undefined;
}

/** What a rule wants of whoever signs. */
export type GrantRequirement = Pick<ApprovalRequirement, 'rule' | 'group' | 'quorum'>;

/** A countersignature for a scope and a time. Times are RFC 3339, digests hex. */
export interface GrantDocument {
  readonly state: GrantState;
  readonly cluster: string;
  readonly requester: Requester;
  /** Whoever asked for its agent, as its owner; absent where it asked itself. */
  readonly askedBy?: Pick<Signature['by'], 'issuer' | 'subject'>;
  /** Absent in one of break-glass that is for all that its agent does on the cluster. */
  readonly scope?: GrantScope;
  /** One operator opened it in an emergency: it gives whatever any rule asks for. */
  readonly breakGlass?: true;
  /** For how long, from the signature on by which it came into force. */
  readonly seconds: number;
  /**
   * What rules wanted when it was asked for, each list of one kind of request in its scope, as far as that could be told without the
   * request: other rules may ask for more. Absent where none was known to ask.
   */
  readonly wanted?: readonly (readonly GrantRequirement[])[];
  /** In the agent's words. */
  readonly reason: string;
  /** What people sign: over requester, cluster, scope and time. */
  readonly digest: string;
  readonly askedAt: string;
  /** Of one that is pending: nobody signs it from then on. Of one that is active: its end. */
  readonly expiresAt: string;
  readonly signatures: readonly Signature[];
  readonly endedBy?: Signature;
  readonly endedAt?: string;
  /** It has ended, and that is not on record yet. */
  readonly unrecorded?: true;
}

export function isOpenGrant({ state }: Pick<GrantDocument, 'state'>): boolean {
  return state === 'pending' || state === 'active';
}

export function isGrantDue({ expiresAt }: Pick<GrantDocument, 'expiresAt'>, now: Date): boolean {
  // What is no time is over.
  return !(now.getTime() < Date.parse(expiresAt));
}

/** Longer than the clocks of two gateways differ, and a signature takes to be put on record. */
const LATE_MS = 60_000;

/** Whether signatures are all that some request in the scope of a grant takes: till then it lets nothing through. */
export function isInForceBy(wanted: GrantDocument['wanted'] = [], signatures: readonly Signature[]): boolean {
  if (signatures.length === 0) return false;
  return wanted.length === 0 || wanted.some((approvals) => missingOf(approvals, signatures).length === 0);
}

/** Whether a grant's end is no later than its time makes it, from the signature on by which it came into force. */
export function isOfItsTime({ wanted, signatures, seconds, expiresAt }: GrantDocument): boolean {
  const inOrder = signatures.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const opening = inOrder.find((_, index) => isInForceBy(wanted, inOrder.slice(0, index + 1)));
  return opening !== undefined && Date.parse(expiresAt) <= Date.parse(opening.at) + seconds * 1_000 + LATE_MS;
}

/**
 * Whether a request is in a grant's scope, asked by whom it was given to: the same agent for the same people; under
 * break-glass the same agent of the same owner, by the same tokens, whoever it acts for but the operator who opened it.
 */
export function covers(grant: GrantDocument, input: PolicyInput): boolean {
  return hasLabels(grant.scope, input) && coversBarLabels(grant, input);
}

/** The same, of objects with whatever labels. */
export function coversBarLabels(grant: GrantDocument, input: PolicyInput): boolean {
  const { request } = input;
  if (request.kind !== 'resource' || input.cluster !== grant.cluster || !isGivenTo(grant, input)) return false;
  return grant.scope === undefined ? grant.breakGlass === true : isWithin(grant.scope, input);
}

function isGivenTo({ requester, signatures, breakGlass }: GrantDocument, { principal }: PolicyInput): boolean {
  const { kind, id, owner, issuer, subject, act } = principal;
  if (kind !== 'agent' || id !== requester.id) return false;
  if (!breakGlass) return isSamePrincipal(requester, { issuer, subject, act });
  const caller = act[0] ?? { issuer, subject };
  const isCaller = caller.issuer === requester.issuer && caller.subject === requester.subject;
  const isForSigner = signatures.some(({ by }) => [{ issuer, subject }, ...act].some((one) => isSame(one, by)));
  return owner === requester.owner && isCaller && !isForSigner;
}

/** Whether a request is what a scope is for, of objects with whatever labels. */
export function isWithin(scope: GrantScope, input: PolicyInput): boolean {
  const { request } = input;
  if (request.kind !== 'resource') return false;
  if (!inputActions(input).every((action) => scope.verbs.includes(action))) return false;
  if (!scope.namespaces.includes(request.namespace)) return false;
  if (!resourcesOf(request).some((resource) => scope.resources.includes(resource))) return false;
  const name = request.name === '' ? (input.object?.name ?? '') : request.name;
  return scope.names === undefined || scope.names.includes(name);
}

/** Whether a request is of objects that have the labels of a scope, and keep them. */
function hasLabels(scope: GrantScope | undefined, { labels }: PolicyInput): boolean {
  if (scope?.labels === undefined) return true;
  const held = new Set(labels?.map(({ key, value }) => `${key}=${value}`));
  return scope.labels.every((label) => held.has(label));
}

/** Whether two are one caller: the same token's, acting for the same people. */
export function isSamePrincipal(
  one: Pick<Requester, 'issuer' | 'subject' | 'act'>,
  other: Pick<Requester, 'issuer' | 'subject' | 'act'>,
) {
  const partsOf = ({ issuer, subject, act }: typeof one) => [
    issuer,
    subject,
    act.map((actor) => [actor.issuer, actor.subject]),
  ];
  return isDeepStrictEqual(partsOf(one), partsOf(other));
}

/** The words that may stand for what a request is about. */
function resourcesOf(request: Extract<PolicyInput['request'], { kind: 'resource' }>): readonly string[] {
  const { group, resource, subresource } = request;
  const plain = group === '' ? resource : `${resource}.${group}`;
  if (subresource === '') return [plain];
  const whole = `${plain}/${subresource}`;
  return policyAction(request) === subresource ? [plain, whole] : [whole];
}

/**
 * Whether the people who signed a grant are all whom a decision asks for: distinct, nobody who asked, nobody who owns the
 * agent, then or now. That a document says `active` proves nothing. Under break-glass the operator who opened it is enough.
 */
export function meets(
  { requester, askedBy, signatures, breakGlass }: GrantDocument,
  approvals: readonly ApprovalRequirement[],
  owner: string,
): boolean {
  const owners = [requester.owner, owner];
  const requirements = breakGlass ? [] : approvals;
  if (askedBy && signatures.some(({ by }) => isSame(by, askedBy))) return false;
  return signatures.length > 0 && signaturesFlaw(signatures, { requester, requirements, owners }) === undefined;
}
