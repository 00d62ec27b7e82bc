// SPDX-License-Identifier: Apache-2.0
import type { Hmac } from '@countersign/mask';
import type { BodyJudge } from '../bodies/body-judge.ts';
import type { Effect } from '../effects/effect.ts';
import type { Countersigned, Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { isSamePrincipal } from '../grants/grant.ts';
import { type PlanMember, type Requirement, requesterOf, shownEffect } from './approval.ts';
import { approvalCauses, type UrlOf } from './approval-causes.ts';
import type { ApprovalRegister } from './approval-register.ts';
import {
  boundMember,
  mayBePlanned,
  memberDigest,
  memberKey,
  planDigest,
  plannedAction,
  plannedRequest,
} from './planned-request.ts';
import type { Approval } from './transitions.ts';

export interface PlannedParts {
  readonly register: Pick<ApprovalRegister, 'plansOf'>;
  readonly hmac: Hmac;
  readonly urlOf: UrlOf;
  readonly bodies: Pick<BodyJudge, 'normalDigest'>;
  readonly effectOf: (exchange: Decided) => Promise<Effect | Fault>;
}

interface Found {
  readonly plan: Approval;
  readonly member: PlanMember;
}

/**
 * The plan that a request stands in, with its part of it: one that nobody has used, bound to the same request and to what it
 * would do now. Undefined where there is none, and people are asked for the request alone.
 */
export async function plannedFor(
  exchange: Decided,
  requirements: readonly Requirement[],
  { register, hmac, urlOf, bodies, effectOf }: PlannedParts,
): Promise<Pick<Countersigned, 'approval' | 'wanted' | 'effect'> | Fault | undefined> {
  if (!mayBePlanned(exchange)) return undefined;
  const isTheirs = ({ value }: Approval) =>
    value.cluster === exchange.cluster && isSamePrincipal(value.requester, exchange.principal);
  const plans = (await register.plansOf(exchange.principal.id)).filter(isTheirs);
  const action = plannedAction(exchange);
  const alike = plans.flatMap((plan) => membersOf(plan, (one) => one.action === action));
  // What is about another object need not be brought into the form of plans, which takes long.
  if (alike.length === 0) return undefined;
  const known = await plannedRequest(exchange, bodies);
  const request = memberKey(hmac, known);
  const candidates = alike.filter(({ member }) => member.request === request);
  if (candidates.length === 0) return undefined;
  const effect = await effectOf(exchange);
  // Whoever asks for it alone is told why.
  if (effect instanceof Fault) return undefined;
  const digest = memberDigest(hmac, boundMember(known, effect, requirements));
  const found = candidates.filter(({ member }) => member.digest === digest).sort(approvedFirst)[0];
  if (found === undefined) return undefined;
  if (planDigest(hmac, found.plan.value) !== found.plan.value.digest) return unsound(found.plan, urlOf);
  const among = (found.plan.value.members ?? []).map((one) => one.digest);
  const wanted = {
    digest: found.plan.value.digest,
    cluster: exchange.cluster,
    requester: requesterOf(exchange.principal),
    action,
    requirements,
    effect: shownEffect(effect),
    member: { digest, among },
  };
  return { approval: found.plan, wanted, effect };
}

function membersOf(plan: Approval, is: (member: PlanMember) => boolean): readonly Found[] {
  const own = (plan.value.members ?? []).filter((member) => member.usedBy === undefined && is(member));
  return own.map((member) => ({ plan, member }));
}

function approvedFirst(one: Found, other: Found): number {
  const rank = ({ plan }: Found) => (plan.value.state === 'approved' ? 0 : 1);
  return rank(one) - rank(other);
}

function unsound(plan: Approval, urlOf: UrlOf): Fault {
  const causes = approvalCauses(plan, 'new-request', urlOf);
  return new Fault('ERR_APPROVAL_UNSOUND', 'its requests are not those that its digest is over', {
    causes,
    approval: plan.id,
  });
}
