// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { ApprovalView } from '@countersign/wire';
import type { Hono } from 'hono';
import * as z from 'zod';
import type { ApprovalDocument, ShownEffect } from '../approvals/approval.ts';
import type { ApprovalPage } from '../approvals/approval-register.ts';
import { shownOf } from '../approvals/card.ts';
import { missingOf } from '../approvals/quorum.ts';
import type { Approval } from '../approvals/transitions.ts';
import { countingGroups, personProblem, type Verdict, type VerdictProblem } from '../approvals/verdict.ts';
import type { Log } from '../log/log.ts';
import { Turns } from '../no-overlap.ts';
import { assertionBody } from '../passkeys/assertion-body.ts';
import {
  type AssertionProblem,
  type CountersignParts,
  countersign,
  verdictOptions,
} from '../passkeys/countersign-verdict.ts';
import { needsPasskey, type PasskeyNeeds } from '../passkeys/needs-passkey.ts';
import { type PasskeyProblem, passkeyRefusals } from '../passkeys/passkey-refusals.ts';
import type { WebAuthnSite } from '../passkeys/web-authn-site.ts';
import { type ControlCaller, isOwnerOf, seesAll } from './authorize.ts';
import type { ControlContext, ControlVariables } from './control-context.ts';
import { asItsAgentSees, isOwn, type OwnApprovalParts, sayOfOwn, withoutChanges } from './own-approvals.ts';
import { type Problem, problemResponse, problems } from './problem.ts';
import { readBody } from './read-body.ts';
import { refuseOnRecord } from './refuse-on-record.ts';
import { shownSignature } from './shown-signature.ts';

export interface ApprovalRouteParts extends CountersignParts, OwnApprovalParts, PasskeyNeeds {
  readonly log: Log;
  /** Where passkeys are used; undefined where the gateway has no console. */
  readonly site: WebAuthnSite | undefined;
}

const MAX_REASON = 500;
/** Of a list, in one turn of the event loop. */
const SHOWN_AT_ONCE = 8;
export const listQuery = z.strictObject({
  id: z.string().max(64).optional(),
  state: z.enum(['open', 'all']).default('open'),
  after: z.string().max(64).default(''),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
type ListQuery = z.infer<typeof listQuery>;

export const verdictBody = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'the digest of the approval as it was shown, in hex'),
  reason: z.string().max(MAX_REASON).default(''),
  unseen: z.number().int().min(0).default(0),
  assertion: assertionBody.optional(),
});
export const challengeBody = verdictBody.omit({ assertion: true }).extend({ verdict: z.enum(['approve', 'deny']) });

/** What an approver sees of what it would do. */
function seenEffect({ summary, changes, omitted }: ShownEffect): ApprovalView['effect'] {
  return { summary, changes, omitted };
}

/** What people are told of an approval. */
export function view({ id, value }: Approval): ApprovalView {
  const {
    claim: _,
    salt: __,
    card: ___,
    target: ____,
    requester,
    effect,
    members,
    signatures,
    endedBy,
    ...rest
  } = value;
  const { id: agent, owner, purpose, act } = requester;
  const missing = value.state === 'pending' ? missingOf(value.requirements, signatures) : [];
  const said = {
    signatures: signatures.map(shownSignature),
    ...(endedBy === undefined ? {} : { endedBy: shownSignature(endedBy) }),
  };
  const parts = members?.map(({ action, usedBy, effect: own }) => {
    const use = usedBy === undefined ? {} : { usedBy };
    return { action, effect: seenEffect(own), ...use };
  });
  const plan = parts === undefined ? {} : { members: parts };
  return { id, ...rest, ...said, agent, owner, purpose, act, effect: seenEffect(effect), ...plan, missing };
}

/** What a caller is told of an approval. */
function shownTo({ var: { caller, sourceAddress } }: ControlContext, approval: Approval, parts: ApprovalRouteParts) {
  const whole = view(approval);
  if (caller.agent !== undefined) return asItsAgentSees(whole, approval, caller, sourceAddress, parts);
  return seesWhole(approval, caller) ? whole : withoutChanges(whole);
}

/** Of an approval, what says who may see it. */
interface Visible {
  readonly value: Pick<ApprovalDocument, 'requester' | 'requirements'>;
}

/** Whether a person is shown all of it: operators and auditors are, approvers what is theirs to countersign. */
function seesWhole({ value }: Visible, caller: ControlCaller): boolean {
  return seesAll(caller) || countingGroups(value, caller.approverGroups).length > 0;
}

/** Beside those, agents see what they have asked for, and owners what their agents have. */
export function isVisible(approval: Visible, caller: ControlCaller): boolean {
  return seesWhole(approval, caller) || isOwn(approval, caller) || isOwnerOf(caller, approval.value.requester.owner);
}

type Refused = VerdictProblem | PasskeyProblem;

const refusals: Readonly<Record<Refused, Problem>> = {
  ...passkeyRefusals,
  ERR_APPROVAL_STATE: {
    status: 409,
    title: 'Too late',
    detail: 'the approval is no longer where this could be said of it; look at it again',
  },
  ERR_APPROVAL_SELF: {
    status: 403,
    title: 'Not your own',
    detail: 'who asked, or is asked for, does not countersign; somebody else must',
  },
  ERR_APPROVAL_OWNER: {
    status: 403,
    title: 'Not your own',
    detail: "the agent's owner does not countersign what it asks for, unless the rules say so; somebody else must",
  },
  ERR_APPROVAL_OWNER_UNCLEAR: {
    status: 403,
    title: 'Perhaps your own',
    detail:
      "the agent's owner is named by an address, and your token has none to tell you from them: countersign with a token that has one (`email`), or have the agent's entry name its owner by their `sub`",
  },
  ERR_APPROVAL_GROUP: {
    status: 403,
    title: 'Not your group',
    detail: 'you are in none of the groups that must countersign this, by a token of an issuer that may say so',
  },
  ERR_APPROVAL_TWICE: {
    status: 403,
    title: 'Once each',
    detail: 'you have countersigned this; the others must be other people',
  },
  ERR_APPROVAL_NOT_NEEDED: {
    status: 409,
    title: 'Not needed',
    detail: 'your groups have countersigned this; somebody of another one is still missing',
  },
  ERR_APPROVAL_UNSOUND: {
    status: 409,
    title: 'Not what was asked',
    detail:
      "what is stored of this approval is not what was asked, or was asked under another key of the store: don't countersign it, and tell who runs the gateway, as somebody may have changed its store",
  },
  ERR_APPROVAL_DIGEST: {
    status: 409,
    title: 'Something else',
    detail: 'this approval is not what you were shown; look at it again',
  },
  ERR_APPROVAL_UNSEEN: {
    status: 409,
    title: 'More than you saw',
    detail: 'not all that it would change can be shown: say how many changes you have not seen ("unseen"), or deny it',
  },
};

/** A verdict that isn't taken. */
function refuse(code: Refused, { id, value }: Approval, context: ControlContext, parts: ApprovalRouteParts) {
  const { cluster } = value;
  return refuseOnRecord({ ...refusals[code], code }, context, parts, { cluster, approval: id });
}

function unknown({ var: { requestId } }: ControlContext): Response {
  return problemResponse(problems.notFound('no such approval, or none that you may see'), requestId);
}

/** Some of them, in order of time. That somebody sees one is on record only where they look at that one. */
async function list(context: ControlContext, parts: ApprovalRouteParts): Promise<Response> {
  const { requestId, caller } = context.var;
  const query = listQuery.safeParse(context.req.query());
  if (!query.success) return problemResponse(problems.malformed(query.error), requestId);
  const { items, next } = await pageOf(query.data, caller, parts);
  const visible = items.filter((one) => isVisible(one, caller));
  const isList = query.data.id === undefined;
  const altered = isList ? undefined : visible.find((one) => !parts.register.isAsAsked(one));
  if (altered) return refuse('ERR_APPROVAL_UNSOUND', altered, context, parts);
  const shown: ApprovalView[] = [];
  for (const [index, one] of visible.entries()) {
    shown.push(isList ? listed(context, one, parts) : shownTo(context, one, parts));
    // What a card is bound to is made again for each.
    if (index % SHOWN_AT_ONCE === SHOWN_AT_ONCE - 1) await nextTurn();
  }
  return context.json({ items: shown, ...(next === undefined ? {} : { next }) });
}

/**
 * One of several. What an agent may read of each object policy says, one decision for each: it asks for one by its id. So does
 * who wants to know what is wrong with one that is not what was asked.
 */
function listed(context: ControlContext, one: Approval, parts: ApprovalRouteParts): ApprovalView {
  const isWhole = context.var.caller.agent === undefined && parts.register.isAsAsked(one);
  return isWhole ? shownTo(context, one, parts) : withoutChanges(view(one));
}

async function pageOf(
  { id, state, after, limit }: ListQuery,
  { agent }: ControlCaller,
  { register }: ApprovalRouteParts,
): Promise<ApprovalPage> {
  if (id !== undefined) return { items: [await register.shown(id)].filter((one) => one !== undefined) };
  return state === 'open' ? register.open({ after, limit, agent }) : register.page(after, limit);
}

/** One approval; that somebody who may countersign it has seen it is on record first. */
async function show(context: ControlContext, parts: ApprovalRouteParts): Promise<Response> {
  const { register, log } = parts;
  const { caller } = context.var;
  const found = await register.shown(context.req.param('id') ?? '');
  if (!found || !isVisible(found, caller)) return unknown(context);
  if (!register.isAsAsked(found)) return refuse('ERR_APPROVAL_UNSOUND', found, context, parts);
  const { exchange, session, cluster, digest } = found.value;
  if (countingGroups(found.value, caller.approverGroups).length > 0) {
    const by = caller.token.subject;
    await log.append([{ type: 'approval.seen', approval: found.id, exchange, session, cluster, by, digest }]);
  }
  return context.json(shownTo(context, found, parts));
}

async function say(kind: Verdict['kind'], context: ControlContext, parts: ApprovalRouteParts): Promise<Response> {
  const { requestId } = context.var;
  const body = await readBody(context, verdictBody);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const found = await parts.register.get(context.req.param('id') ?? '');
  if (!found) return unknown(context);
  const verdict = verdictOf(kind, body.data, found, context, parts);
  const problem = personProblem(found.value, verdict);
  if (problem) return refuse(problem, found, context, parts);
  const signed = await signedVerdict(verdict, body.data.assertion, found, context, parts);
  if (typeof signed === 'string') return refuse(signed, found, context, parts);
  const said = await parts.register.say(found.id, signed);
  if (said === undefined) return unknown(context);
  return typeof said === 'string' ? refuse(said, found, context, parts) : context.json(shownTo(context, said, parts));
}

/** What the agent that asked says of it. */
async function sayOwn(kind: 'reason' | 'withdraw', context: ControlContext, parts: ApprovalRouteParts) {
  const found = await parts.register.get(context.req.param('id') ?? '');
  if (!found || !isOwn(found, context.var.caller)) return unknown(context);
  const said = await sayOfOwn(kind, found, context, parts);
  return said instanceof Response ? said : context.json(shownTo(context, said, parts));
}

/** What a person says, by their token alone. */
function verdictOf(
  kind: Verdict['kind'],
  { digest, reason, unseen }: Omit<z.infer<typeof verdictBody>, 'assertion'>,
  { value }: Approval,
  { var: { caller } }: ControlContext,
  { now, register }: ApprovalRouteParts,
): Verdict {
  const { issuer, subject, names, groups: allGroups } = caller.token;
  const groups = countingGroups(value, caller.approverGroups);
  const known = register.knownAs(caller.token);
  const signature = { by: { issuer, subject }, groups, known, at: now().toISOString(), reason };
  return { kind, signature, names, allGroups, digest, unseen };
}

/** What of a verdict a passkey signs. */
function unsignedOf(verdict: 'approve' | 'deny', { signature, digest }: Verdict, { id, value }: Approval) {
  const { by, reason } = signature;
  return { approval: id, digest, shown: shownOf(value), verdict, approver: by, reason };
}

/**
 * A verdict with what a passkey signed of it. In the console a yes or a no is one by that alone, elsewhere a yes where the
 * configuration wants it; taking a yes back is always free.
 */
async function signedVerdict(
  verdict: Verdict,
  assertion: z.infer<typeof assertionBody> | undefined,
  found: Approval,
  { var: { caller } }: ControlContext,
  parts: ApprovalRouteParts,
): Promise<Verdict | AssertionProblem | 'ERR_PASSKEY_REQUIRED' | 'ERR_PASSKEY_NO_CONSOLE'> {
  const { kind, signature } = verdict;
  if (kind === 'withdraw') return verdict;
  if (assertion === undefined) return needsPasskey(kind, caller.via, parts) ? 'ERR_PASSKEY_REQUIRED' : verdict;
  if (parts.site === undefined) return 'ERR_PASSKEY_NO_CONSOLE';
  const countersignature = await countersign(parts.site, unsignedOf(kind, verdict, found), assertion, parts);
  return typeof countersignature === 'string'
    ? countersignature
    : { ...verdict, signature: { ...signature, countersignature } };
}

/** What a browser needs to have a verdict signed, for whoever may say it now. */
async function challenge(context: ControlContext, parts: ApprovalRouteParts): Promise<Response> {
  const body = await readBody(context, challengeBody);
  if ('problem' in body) return problemResponse(body.problem, context.var.requestId);
  const found = await parts.register.get(context.req.param('id') ?? '');
  if (!found) return unknown(context);
  const { verdict: kind, ...said } = body.data;
  const verdict = verdictOf(kind, said, found, context, parts);
  const problem = parts.register.problemOf(found, verdict);
  if (problem) return refuse(problem, found, context, parts);
  if (parts.site === undefined) return refuse('ERR_PASSKEY_NO_CONSOLE', found, context, parts);
  const options = await verdictOptions(parts.site, unsignedOf(kind, verdict, found), parts);
  return typeof options === 'string' ? refuse(options, found, context, parts) : context.json({ options });
}

/** What people do about approvals. */
export function approvalRoutes(app: Hono<{ Variables: ControlVariables }>, parts: ApprovalRouteParts): void {
  const lists = new Turns();
  app.get('/api/v1/approvals', (context) => {
    const { agent } = context.var.caller;
    // An agent asks as often as it may, but for one list at a time.
    return agent === undefined ? list(context, parts) : lists.run(agent, () => list(context, parts));
  });
  app.get('/api/v1/approvals/:id', (context) => show(context, parts));
  app.post('/api/v1/approvals/:id/challenge', (context) => challenge(context, parts));
  app.post('/api/v1/approvals/:id/approve', (context) => say('approve', context, parts));
  app.post('/api/v1/approvals/:id/deny', (context) => say('deny', context, parts));
  app.post('/api/v1/approvals/:id/withdraw', (context) =>
    context.var.caller.agent === undefined ? say('withdraw', context, parts) : sayOwn('withdraw', context, parts),
  );
  app.post('/api/v1/approvals/:id/reason', (context) => sayOwn('reason', context, parts));
}
