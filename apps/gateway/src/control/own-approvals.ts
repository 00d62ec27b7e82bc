// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '@countersign/kube';
import { hypotheticalInput, PolicyError } from '@countersign/policy';
import type { ApprovalView } from '@countersign/wire';
import * as z from 'zod';
import type { ApprovalRegister, OwnStep } from '../approvals/approval-register.ts';
import type { Approval } from '../approvals/transitions.ts';
import { Fault } from '../faults.ts';
import { type ActiveGrants, letOn } from '../grants/active-grants.ts';
import { isSamePrincipal } from '../grants/grant.ts';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import { callerOf } from '../identity/caller-of.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import type { ControlCaller } from './authorize.ts';
import type { ControlContext } from './control-context.ts';
import { problemResponse, problems } from './problem.ts';
import { readBody } from './read-body.ts';

export interface OwnApprovalParts {
  readonly register: ApprovalRegister;
  readonly registry: AgentRegistry;
  readonly policies: PolicyStore;
  readonly activeGrants: ActiveGrants;
  readonly now: () => Date;
}

const MAX_REASON = 500;
const words = z.string().max(MAX_REASON);
export const reasonBody = z.strictObject({ reason: words.refine((text) => text.trim() !== '', 'say why') });
/** The body is as people send it; who takes back what they asked for need not say what they saw. */
const withdrawalBody = z.strictObject({
  reason: words.default(''),
  digest: z.string().max(64).optional(),
  unseen: z.int().min(0).optional(),
});

/** Of an approval, who asked. */
interface Owned {
  readonly value: Pick<Approval['value'], 'requester'>;
}

/** Whether an approval was asked for by the agent that calls, acting for whom it acts for now. */
export function isOwn({ value: { requester } }: Owned, { agent, token }: ControlCaller): boolean {
  return agent !== undefined && agent === requester.id && isSamePrincipal(requester, token);
}

/**
 * Whether policy lets an agent read, now, what its approval would change: what an object holds is told to nobody who may
 * only write to it. In doubt it does not.
 */
function mayRead(
  { value: { target, cluster } }: Approval,
  { token }: ControlCaller,
  sourceAddress: string,
  { registry, policies, activeGrants, now }: OwnApprovalParts,
): boolean {
  const time = now();
  const known = callerOf(token, cluster, registry, time.getTime());
  if (target === undefined || known instanceof Fault) return false;
  try {
    const surroundings = { sourceAddress, time: time.toISOString() };
    const guess = hypotheticalInput(known.principal, cluster, { method: 'GET', target }, surroundings);
    const credential = { kind: 'token', expiresAt: new Date(token.expiresAt).toISOString() } as const;
    const input = { ...guess, credential };
    const own = policies.forCluster(cluster);
    if (own.looksAtLive(input.request) && own.dependsOnLive(input)) return false;
    return letOn(activeGrants.applyTo({ id: '', input, decision: own.decide(input) })).effect === 'allow';
  } catch (error) {
    if (error instanceof KubeError || error instanceof PolicyError) return false;
    throw error;
  }
}

/** An approval as its agent is told of it: with its changes, which are masked for everybody, where it may read the object. */
export function asItsAgentSees(
  view: ApprovalView,
  approval: Approval,
  caller: ControlCaller,
  sourceAddress: string,
  parts: OwnApprovalParts,
): ApprovalView {
  return mayRead(approval, caller, sourceAddress, parts) ? view : withoutChanges(view);
}

/** An approval for who may know of it, and not what the object holds: as if nothing of its changes could be shown. */
export function withoutChanges(view: ApprovalView): ApprovalView {
  const members = view.members?.map((one) => ({ ...one, effect: unseen(one.effect) }));
  return { ...view, effect: unseen(view.effect), ...(members === undefined ? {} : { members }) };
}

function unseen({ summary, changes, omitted }: ApprovalView['effect']): ApprovalView['effect'] {
  return { summary, changes: [], omitted: omitted + changes.length };
}

/** What the agent that asked says of its approval: why, once, while it waits; or that it doesn't want it any more. */
export async function sayOfOwn(
  kind: 'reason' | 'withdraw',
  found: Approval,
  context: ControlContext,
  { register, now }: OwnApprovalParts,
): Promise<Approval | Response> {
  const { requestId, caller } = context.var;
  const body = await readBody(context, kind === 'reason' ? reasonBody : withdrawalBody);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const { reason } = body.data;
  const { issuer, subject } = caller.token;
  const signature = { by: { issuer, subject }, groups: [], at: now().toISOString(), reason };
  const step: OwnStep = kind === 'reason' ? { type: 'reasoned', reason } : { type: 'withdrawn', signature };
  const said = await register.sayAsRequester(found.id, step);
  if (said === undefined) return problemResponse(problems.notFound('there is no such approval any more'), requestId);
  if (said !== 'ERR_APPROVAL_STATE') return said;
  const detail =
    kind === 'reason'
      ? 'a reason is given once, and while the approval is pending'
      : 'it has ended already: look at what became of it';
  return problemResponse({ status: 409, title: 'Too late', detail, code: 'ERR_APPROVAL_STATE' }, requestId);
}
