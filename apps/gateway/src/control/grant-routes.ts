// SPDX-License-Identifier: Apache-2.0
import type { PolicyInput } from '@countersign/policy';
import type { Hono } from 'hono';
import * as z from 'zod';
import { requesterOf } from '../approvals/approval.ts';
import type { ApprovalRegister } from '../approvals/approval-register.ts';
import { missingOf } from '../approvals/quorum.ts';
import { distinct } from '../distinct.ts';
import { Fault } from '../faults.ts';
import { type GrantDocument, isOpenGrant, isSamePrincipal } from '../grants/grant.ts';
import {
  type Grant,
  type GrantProblem,
  type GrantRegister,
  grantVerdictProblem,
  type Signer,
} from '../grants/grant-register.ts';
import { wantedForScope } from '../grants/wanted-for-scope.ts';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import { callerOf } from '../identity/caller-of.ts';
import type { Log } from '../log/log.ts';
import { assertionBody } from '../passkeys/assertion-body.ts';
import { type CountersignParts, countersign, verdictOptions } from '../passkeys/countersign-verdict.ts';
import { needsPasskey, type PasskeyNeeds } from '../passkeys/needs-passkey.ts';
import { type PasskeyProblem, passkeyRefusals } from '../passkeys/passkey-refusals.ts';
import type { WebAuthnSite } from '../passkeys/web-authn-site.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import type { Store } from '../store/store.ts';
import { type ControlCaller, isOwnerOf, seesAll } from './authorize.ts';
import type { ControlContext, ControlVariables } from './control-context.ts';
import { paged } from './paged.ts';
import { type Problem, problemResponse, problems } from './problem.ts';
import { readBody } from './read-body.ts';
import { refuseOnRecord } from './refuse-on-record.ts';
import { registeredRequester } from './registered-requester.ts';
import { scopeFields } from './scope-fields.ts';
import { shownSignature } from './shown-signature.ts';

export interface GrantRouteParts extends CountersignParts, PasskeyNeeds {
  readonly grants: GrantRegister;
  readonly register: ApprovalRegister;
  readonly registry: AgentRegistry;
  readonly store: Pick<Store, 'agents'>;
  readonly policies: PolicyStore;
  readonly log: Log;
  readonly now: () => Date;
  /** Where passkeys are used; undefined where the gateway has no console. */
  readonly site: WebAuthnSite | undefined;
}

const MAX_REASON = 500;
const MAX_SECONDS = 8 * 3_600;

const reason = z.string().max(MAX_REASON).default('');

export const grantBody = z.strictObject({
  cluster: z.string().min(1).max(63),
  agent: z.string().min(1).max(63).optional().describe('For which agent an owner asks; an agent asks for itself.'),
  ...scopeFields,
  seconds: z.int().min(10).max(MAX_SECONDS).default(900),
  reason,
});

export const signingBody = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'the digest of the grant as it was shown, in hex'),
  reason,
  assertion: assertionBody.optional(),
});
export const challengeBody = signingBody.omit({ assertion: true }).extend({ verdict: z.enum(['approve', 'deny']) });
export const stopBody = z.strictObject({ reason });

export const grantRefusals: Readonly<Record<GrantProblem, Problem>> = {
  ERR_GRANT_STATE: {
    status: 409,
    title: 'Too late',
    detail: 'the grant is no longer where this could be said of it; look at it again',
  },
  ERR_GRANT_SELF: {
    status: 403,
    title: 'Not your own',
    detail: 'who asked, or is asked for, does not countersign; somebody else must',
  },
  ERR_GRANT_OWNER: {
    status: 403,
    title: 'Not your own',
    detail: "the agent's owner, and whoever may be, does not countersign what it asks for; somebody else must",
  },
  ERR_GRANT_GROUP: { status: 403, title: 'Not your group', detail: 'approvers countersign, and you are none' },
  ERR_GRANT_TWICE: {
    status: 403,
    title: 'Once each',
    detail: 'you have countersigned this; the others must be other people',
  },
  ERR_GRANT_DIGEST: {
    status: 409,
    title: 'Something else',
    detail: 'this grant is not what you were shown; look at it again',
  },
};

const refusals: Readonly<Record<GrantProblem | PasskeyProblem, Problem>> = { ...passkeyRefusals, ...grantRefusals };

/** What people and the agent itself are told of a grant. */
function shown({ id, value }: Grant) {
  const { requester, unrecorded: _, wanted = [], signatures, endedBy, ...rest } = value;
  const { id: agent, owner, purpose, act } = requester;
  const said = {
    requirements: distinct(wanted.flat()),
    missing: isOpenGrant(value) ? missingOf(wanted.flat(), signatures) : [],
    signatures: signatures.map(shownSignature),
    ...(endedBy === undefined ? {} : { endedBy: shownSignature(endedBy) }),
  };
  return { id, ...rest, ...said, agent, owner, purpose, act };
}

/** Operators, auditors and approvers see all, an owner those of their agents, an agent its own. */
function isVisible({ value }: Grant, caller: ControlCaller): boolean {
  // Break-glass has routes of its own.
  if (value.breakGlass) return false;
  if (seesAll(caller) || caller.roles.includes('approver')) return true;
  const { requester } = value;
  if (isOwnerOf(caller, requester.owner)) return true;
  return caller.agent === requester.id && isSamePrincipal(requester, caller.token);
}

/** The grant that a request names, for who may know of it. */
async function visibleGrant({ req, var: { caller } }: ControlContext, { grants }: GrantRouteParts) {
  const found = await grants.get(req.param('id') ?? '');
  return found && isVisible(found, caller) ? found : undefined;
}

function unknown({ var: { requestId } }: ControlContext): Response {
  return problemResponse(problems.notFound('no such grant, or none that you may see'), requestId);
}

export function signerOf(
  { token, approverGroups }: ControlCaller,
  { now, register }: Pick<GrantRouteParts, 'now' | 'register'>,
  why: string,
): Signer {
  const { issuer, subject, names, groups: allGroups } = token;
  const known = register.knownAs(token);
  const signature = { by: { issuer, subject }, groups: approverGroups, known, at: now().toISOString(), reason: why };
  return { signature, names, allGroups };
}

type Asking = Pick<GrantDocument, 'requester' | 'askedBy'> & {
  /** As policy knows the agent now; in which groups its token has it, nobody knows but itself. */
  readonly principal: PolicyInput['principal'];
};

const noAsker = problems.forbidden('agents ask for grants, with their own tokens, and owners for their agents');

/** For whom somebody asks: an agent for itself, as it calls now; an owner for an agent of theirs, as it is registered. */
async function askingOf(
  caller: ControlCaller,
  { cluster, agent }: z.infer<typeof grantBody>,
  parts: GrantRouteParts,
): Promise<Asking | Problem> {
  if (caller.agent === undefined) return agent === undefined ? noAsker : askingForTheirs(caller, cluster, agent, parts);
  if (agent !== undefined && agent !== caller.agent) return problems.forbidden('an agent asks for itself alone');
  const known = callerOf(caller.token, cluster, parts.registry, parts.now().getTime());
  if (known instanceof Fault) return { ...problems.forbidden(known.message), code: known.code };
  return { requester: requesterOf(known.principal), principal: known.principal };
}

async function askingForTheirs(
  caller: ControlCaller,
  cluster: string,
  agent: string,
  { store }: GrantRouteParts,
): Promise<Asking | Problem> {
  if (!caller.roles.includes('owner')) return noAsker;
  const requester = await registeredRequester(store, agent, cluster);
  if (!requester || !isOwnerOf(caller, requester.owner))
    return problems.notFound(`no agent ${agent} of yours is registered for the cluster ${cluster}`);
  const { issuer, subject } = caller.token;
  const principal = { kind: 'agent', groups: [], ...requester } as const;
  return { requester, principal, askedBy: { issuer, subject } };
}

/** Nobody is asked to sign what opens nothing. */
function inVain(why: string): Problem {
  return { ...problems.forbidden(`no signature opens any of this: ${why}`), code: 'ERR_POLICY_DENIED' };
}

async function ask(context: ControlContext, parts: GrantRouteParts): Promise<Response> {
  const { requestId, caller } = context.var;
  if (caller.agent === undefined && !caller.roles.includes('owner')) return problemResponse(noAsker, requestId);
  const body = await readBody(context, grantBody);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const asking = await askingOf(caller, body.data, parts);
  if ('status' in asking) return problemResponse(asking, requestId);
  const { cluster, agent: _, seconds, reason: why, ...scope } = body.data;
  const { principal, ...who } = asking;
  const policies = parts.policies.forCluster(cluster);
  const { spendMs, sourceAddress } = context.var;
  const asker = { agent: caller.agent ?? '', signal: context.req.raw.signal, spendMs };
  const time = parts.now().toISOString();
  const { wanted, forbidden } = await wantedForScope({ cluster, scope, principal }, policies, {
    asker,
    sourceAddress,
    time,
  });
  if (forbidden && caller.agent !== undefined) return problemResponse(inVain(policies.describe(forbidden)), requestId);
  const asked = await parts.grants.ask({
    cluster,
    ...who,
    scope,
    seconds,
    ...(wanted.length === 0 ? {} : { wanted }),
    reason: why,
  });
  if (asked === undefined)
    return problemResponse(
      problems.tooMany(
        'an agent has 8 grants that are open at most, and asks for 32 an hour: let some of them end first',
      ),
      requestId,
    );
  return context.json(shown(asked), 201);
}

async function list(context: ControlContext, { grants }: GrantRouteParts): Promise<Response> {
  const { requestId, caller } = context.var;
  return paged(
    context,
    requestId,
    (page) => grants.page(page),
    (one) => (isVisible(one, caller) ? shown(one) : undefined),
  );
}

async function show(context: ControlContext, parts: GrantRouteParts): Promise<Response> {
  const found = await visibleGrant(context, parts);
  return found ? context.json(shown(found)) : unknown(context);
}

async function answer(
  said: Grant | GrantProblem | PasskeyProblem | undefined,
  context: ControlContext,
  parts: GrantRouteParts,
): Promise<Response> {
  if (said === undefined) return unknown(context);
  return typeof said === 'string'
    ? refuseOnRecord({ ...refusals[said], code: said }, context, parts)
    : context.json(shown(said));
}

const noApprover = problems.forbidden('approvers countersign grants');

async function sign(kind: 'approve' | 'deny', context: ControlContext, parts: GrantRouteParts): Promise<Response> {
  const { requestId, caller } = context.var;
  if (!caller.roles.includes('approver')) return problemResponse(noApprover, requestId);
  const body = await readBody(context, signingBody);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const { digest, reason: why, assertion } = body.data;
  const found = await visibleGrant(context, parts);
  if (!found) return unknown(context);
  const signer = signerOf(caller, parts, why);
  const problem = grantVerdictProblem(kind, found.value, signer, digest, parts.now());
  if (problem) return answer(problem, context, parts);
  const signed = await signedBy(signer, kind, found, assertion, context, parts);
  if (typeof signed === 'string') return answer(signed, context, parts);
  return answer(await parts.grants[kind](found.id, signed, digest), context, parts);
}

/** What of a verdict a passkey signs: a grant's digest is of all that it is for. */
function unsignedOf(verdict: 'approve' | 'deny', { signature }: Signer, { id, value: { digest } }: Grant) {
  const { by, reason: why } = signature;
  return { approval: id, digest, shown: digest, verdict, approver: by, reason: why };
}

/** A yes or a no with what a passkey signed of it: in the console, and where the configuration wants it, it is one by that alone. */
async function signedBy(
  signer: Signer,
  kind: 'approve' | 'deny',
  grant: Grant,
  assertion: z.infer<typeof assertionBody> | undefined,
  { var: { caller } }: ControlContext,
  parts: GrantRouteParts,
): Promise<Signer | PasskeyProblem> {
  if (assertion === undefined) return needsPasskey(kind, caller.via, parts) ? 'ERR_PASSKEY_REQUIRED' : signer;
  if (parts.site === undefined) return 'ERR_PASSKEY_NO_CONSOLE';
  const countersignature = await countersign(parts.site, unsignedOf(kind, signer, grant), assertion, parts);
  return typeof countersignature === 'string'
    ? countersignature
    : { ...signer, signature: { ...signer.signature, countersignature } };
}

/** What a browser needs to have a verdict signed, for whoever may say it now. */
async function challenge(context: ControlContext, parts: GrantRouteParts): Promise<Response> {
  const { requestId, caller } = context.var;
  if (!caller.roles.includes('approver')) return problemResponse(noApprover, requestId);
  const body = await readBody(context, challengeBody);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const found = await visibleGrant(context, parts);
  if (!found) return unknown(context);
  const { verdict, digest, reason: why } = body.data;
  const signer = signerOf(caller, parts, why);
  const problem = grantVerdictProblem(verdict, found.value, signer, digest, parts.now());
  if (problem) return answer(problem, context, parts);
  if (parts.site === undefined) return answer('ERR_PASSKEY_NO_CONSOLE', context, parts);
  const options = await verdictOptions(parts.site, unsignedOf(verdict, signer, found), parts);
  return typeof options === 'string' ? answer(options, context, parts) : context.json({ options });
}

const noStopper = problems.forbidden('operators and approvers revoke grants, and owners those of their agents');

/** Whoever may see a grant may end it, but for auditors: an agent withdraws its own, people revoke it. */
async function stop(context: ControlContext, parts: GrantRouteParts): Promise<Response> {
  const { requestId, caller } = context.var;
  const body = await readBody(context, stopBody);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const isAgent = caller.agent !== undefined;
  const stopsAll = caller.roles.some((role) => role === 'approver' || role === 'operator');
  if (!isAgent && !stopsAll && !caller.roles.includes('owner')) return problemResponse(noStopper, requestId);
  const found = await visibleGrant(context, parts);
  if (!found) return unknown(context);
  if (!isAgent && !stopsAll && !isOwnerOf(caller, found.value.requester.owner))
    return problemResponse(noStopper, requestId);
  const { signature } = signerOf(caller, parts, body.data.reason);
  return answer(await parts.grants.stop(found.id, isAgent ? 'withdrawn' : 'revoked', signature), context, parts);
}

/** What agents ask for, for a scope and a time, and what people say to it. */
export function grantRoutes(app: Hono<{ Variables: ControlVariables }>, parts: GrantRouteParts): void {
  app.get('/api/v1/grants', (context) => list(context, parts));
  app.post('/api/v1/grants', (context) => ask(context, parts));
  app.get('/api/v1/grants/:id', (context) => show(context, parts));
  app.post('/api/v1/grants/:id/challenge', (context) => challenge(context, parts));
  app.post('/api/v1/grants/:id/approve', (context) => sign('approve', context, parts));
  app.post('/api/v1/grants/:id/deny', (context) => sign('deny', context, parts));
  app.post('/api/v1/grants/:id/revoke', (context) => stop(context, parts));
}
