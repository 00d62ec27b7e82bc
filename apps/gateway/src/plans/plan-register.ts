// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';
import { canonicalJson, type Json } from '@countersign/evidence';
import type { Hmac } from '@countersign/mask';
import type { ApprovalRequirement } from '@countersign/policy';
import { type ApprovalDocument, type PlanMember, requesterOf, shownEffect } from '../approvals/approval.ts';
import type { ApprovalRegister, Asking } from '../approvals/approval-register.ts';
import { cardOf } from '../approvals/card.ts';
import { boundMember, boundPlan, memberDigest, memberKey, planCard, planDigest } from '../approvals/planned-request.ts';
import type { Approval } from '../approvals/transitions.ts';
import type { Admitted } from '../exchange.ts';
import { askedRecord } from '../records/approval-records.ts';
import { DEFAULT_TTL_SECONDS, requirementOf } from '../stages/approve.ts';
import type { EffectiveItem, JudgedItem } from './judged-plan.ts';

export interface PlanRegisterParts {
  readonly register: ApprovalRegister;
  readonly hmac: Hmac;
}

/** What people look through at once; the card of a plan, and what it is bound to, stand in one record. */
const MAX_RECORD_BYTES = 98_304;

/** Why a plan that could be judged is not asked for. */
export type PlanProblem =
  | 'ERR_APPROVAL_TOO_MANY'
  /** It stands twice in it: each request of a plan goes through once. */
  | 'ERR_PLAN_TWICE'
  /** There is more to show than one card holds. */
  | 'ERR_PLAN_TOO_LARGE';

interface BoundMember extends PlanMember {
  readonly bound: Json;
}

function approvalsOf({ exchange }: Pick<EffectiveItem, 'exchange'>): readonly ApprovalRequirement[] {
  const { decision } = exchange.made;
  return decision.effect === 'ask' ? decision.approvals : [];
}

function memberOf({ action, exchange, planned, effect }: EffectiveItem, hmac: Hmac): BoundMember {
  const requirements = approvalsOf({ exchange }).map(requirementOf);
  const bound = boundMember(planned, effect, requirements);
  const [digest, request] = [memberDigest(hmac, bound), memberKey(hmac, planned)];
  return { digest, request, action, requirements, effect: shownEffect(effect), bound };
}

function askingFor(plan: Admitted, items: readonly EffectiveItem[], members: readonly BoundMember[], hmac: Hmac) {
  const { id, session, cluster, principal } = plan;
  const kept = members.map(({ bound: _, ...member }) => member);
  const digest = planDigest(hmac, { cluster, members: kept });
  const { action, requirements, effect } = planCard(kept);
  const times = items.flatMap((item) => approvalsOf(item).map(({ ttlSeconds }) => ttlSeconds ?? DEFAULT_TTL_SECONDS));
  return {
    digest,
    exchange: id,
    session,
    cluster,
    requester: requesterOf(principal),
    action,
    requirements,
    policyDigest: items[0]?.exchange.made.decision.policyDigest ?? '',
    effect: { digest, object: undefined, ...effect },
    members: kept,
    ttlSeconds: Math.min(...times),
  };
}

/** Asks people for plans. */
export class PlanRegister {
  readonly #parts: PlanRegisterParts;

  constructor(parts: PlanRegisterParts) {
    this.#parts = parts;
  }

  /** Room for a plan, to be taken before it is found out what it would do, and left. */
  async admit(plan: Admitted, items: readonly Extract<JudgedItem, { readonly kind: 'ask' }>[]) {
    const { register, hmac } = this.#parts;
    const request = this.#requestOf(items.map(({ planned }) => memberKey(hmac, planned)));
    const admission = await register.admit(plan.principal.id, request);
    if (typeof admission === 'string') return 'ERR_APPROVAL_TOO_MANY' as const;
    const isOpen = admission.open !== undefined;
    if (isOpen || (await register.hasRoomForPlan(plan.principal.id))) return { ...admission, request };
    admission.leave();
    return 'ERR_APPROVAL_TOO_MANY' as const;
  }

  /** The approval of a plan, which is there or is begun, on record; or why there is none. @throws StoreError, LogError */
  async ask(
    plan: Admitted,
    items: readonly EffectiveItem[],
    { request, leave }: { readonly request: string; readonly leave: () => void },
  ): Promise<Approval | PlanProblem> {
    const { register, hmac } = this.#parts;
    const members = items.map((item) => memberOf(item, hmac));
    if (new Set(members.map((one) => one.request)).size !== members.length) return 'ERR_PLAN_TWICE';
    const asking: Asking = { ...askingFor(plan, items, members, hmac), request };
    const bound = { plan: boundPlan(asking), members: members.map((one) => one.bound) };
    const card = cardOf(asking as unknown as ApprovalDocument);
    if (Buffer.byteLength(canonicalJson({ bound, card })) > MAX_RECORD_BYTES) return 'ERR_PLAN_TOO_LARGE';
    const asked = await register.ask(asking, { leave }, (id, document) => askedRecord(plan, id, document, bound));
    return typeof asked === 'string' ? 'ERR_APPROVAL_TOO_MANY' : asked;
  }

  #requestOf(keys: readonly string[]): string {
    return hash('sha256', `countersign plan\n${keys.join('\n')}`, 'hex');
  }
}
