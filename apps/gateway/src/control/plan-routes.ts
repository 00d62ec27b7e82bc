// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import type { Approval } from '../approvals/transitions.ts';
import type { Admitted } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Log } from '../log/log.ts';
import type { JudgedItem, PlanJudge } from '../plans/judged-plan.ts';
import type { PlanProblem, PlanRegister } from '../plans/plan-register.ts';
import { unsentRequest } from '../plans/planned-object.ts';
import { visibleText } from '../visible-text.ts';
import { view } from './approval-routes.ts';
import type { ControlContext } from './control-context.ts';
import { type OwnApprovalParts, reasonBody, withoutChanges } from './own-approvals.ts';
import { type Problem, problemResponse, problems } from './problem.ts';
import { readBody } from './read-body.ts';
import { refuseOnRecord } from './refuse-on-record.ts';

export interface PlanRouteParts extends OwnApprovalParts {
  readonly log: Log;
  readonly planJudge: PlanJudge;
  readonly plans: PlanRegister;
}

const MAX_OBJECTS = 64;

export const planBody = z.strictObject({
  cluster: z.string().min(1).max(63),
  namespace: z.string().min(1).max(63).default('default'),
  as: z.enum(['create', 'server-side-apply']).default('create'),
  fieldManager: z.string().min(1).max(128).default('kubectl'),
  /** Each a JSON text of one object. */
  objects: z.array(z.string().min(2)).min(1).max(MAX_OBJECTS),
  reason: reasonBody.shape.reason.optional(),
});
type PlanBody = z.infer<typeof planBody>;

const flaws: Readonly<Record<PlanProblem, Problem & { readonly code: PlanProblem }>> = {
  ERR_APPROVAL_TOO_MANY: {
    status: 429,
    title: 'Too many',
    detail: 'you have as many approvals or plans open as an agent may have, or have asked for as many in a day',
    code: 'ERR_APPROVAL_TOO_MANY',
  },
  ERR_PLAN_TWICE: {
    status: 400,
    title: 'Twice',
    detail: 'one request stands twice in the plan; each goes through once',
    code: 'ERR_PLAN_TWICE',
  },
  ERR_PLAN_TOO_LARGE: {
    status: 400,
    title: 'Too much',
    detail: 'the plan has more to show than people can be shown on one card; make several of it',
    code: 'ERR_PLAN_TOO_LARGE',
  },
};

function shownItem(item: JudgedItem) {
  const { kind, action } = item;
  const told = { effect: kind, action: visibleText(action) };
  return item.kind === 'refused' ? { ...told, code: item.fault.code, detail: item.fault.message } : told;
}

/** A plan is taken whole or not at all. */
async function refusePlan(
  refused: readonly JudgedItem[],
  { cluster }: Admitted,
  context: ControlContext,
  parts: PlanRouteParts,
) {
  const items = refused.map(shownItem);
  const problem = {
    status: 403,
    title: 'Not planned',
    detail: `nobody was asked, because of ${items.length} of its requests`,
    code: 'ERR_PLAN_REFUSED',
    items,
  } as const;
  return refuseOnRecord(problem, context, parts, { cluster });
}

/** Lets the plan in as an exchange of the agent's. */
async function enter(
  { var: { caller, requestId, sourceAddress }, req }: ControlContext,
  body: PlanBody,
  judge: PlanJudge,
  now: Date,
) {
  const abort = new AbortController();
  const gone = req.raw.signal;
  gone.addEventListener('abort', () => abort.abort(new Fault('ERR_CALLER_GONE')), { once: true });
  const target = '/api/v1/plans';
  const incoming = unsentRequest(
    { method: 'POST', target, body: new Uint8Array() },
    { remoteAddress: sourceAddress, gone },
  );
  const { cluster } = body;
  const { token } = caller;
  return judge.enter({ id: requestId, receivedAt: now, abort, incoming, headers: {}, cluster, target, token });
}

function isKind<K extends JudgedItem['kind']>(kind: K) {
  return (item: JudgedItem): item is Extract<JudgedItem, { readonly kind: K }> => item.kind === kind;
}

/** Judges a plan and asks people for it: the approval, undefined where nobody has to be asked, or the answer that refuses it. */
async function askFor(
  plan: Admitted,
  judged: readonly JudgedItem[],
  context: ControlContext,
  parts: PlanRouteParts,
): Promise<Approval | undefined | Response> {
  const { cluster } = plan;
  const refused = judged.filter(isKind('refused'));
  if (refused.length > 0) return refusePlan(refused, plan, context, parts);
  const asked = judged.filter(isKind('ask'));
  if (asked.length === 0) return undefined;
  const admission = await parts.plans.admit(plan, asked);
  if (typeof admission === 'string') return refuseOnRecord(flaws[admission], context, parts, { cluster });
  try {
    const effects = await parts.planJudge.effects(asked);
    if (effects.refused.length > 0) return await refusePlan(effects.refused, plan, context, parts);
    const approval = await parts.plans.ask(plan, effects.found, admission);
    return typeof approval === 'string' ? await refuseOnRecord(flaws[approval], context, parts, { cluster }) : approval;
  } finally {
    admission.leave();
  }
}

async function withReason(approval: Approval, reason: string | undefined, { register }: PlanRouteParts) {
  if (reason === undefined || approval.value.state !== 'pending') return approval;
  const said = await register.sayAsRequester(approval.id, { type: 'reasoned', reason });
  return said === undefined || typeof said === 'string' ? approval : said;
}

/** `POST /api/v1/plans`: an agent asks for many requests at once. */
export async function planOne(context: ControlContext, parts: PlanRouteParts): Promise<Response> {
  const { requestId, caller } = context.var;
  if (caller.agent === undefined)
    return problemResponse(problems.forbidden('agents plan their own requests'), requestId);
  const body = await readBody(context, planBody);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const { as: way, namespace, fieldManager, objects, reason } = body.data;
  const plan = await enter(context, body.data, parts.planJudge, parts.now());
  if (plan instanceof Fault)
    return problemResponse({ ...problems.forbidden(plan.message), code: plan.code }, requestId);
  try {
    const judged = await parts.planJudge.judge(plan, objects, { way, namespace, fieldManager });
    const approval = await askFor(plan, judged, context, parts);
    if (approval instanceof Response) return approval;
    const items = judged.map(shownItem);
    if (approval === undefined) return context.json({ items });
    const said = await withReason(approval, reason, parts);
    return context.json({ items, approval: withoutChanges(view(said)) }, 201);
  } finally {
    plan.life.leave();
  }
}
