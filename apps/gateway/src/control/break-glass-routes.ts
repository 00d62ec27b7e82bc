// SPDX-License-Identifier: Apache-2.0
import type { Hono } from 'hono';
import * as z from 'zod';
import type { Config } from '../config/schema.ts';
import type { Grant, GrantProblem } from '../grants/grant-register.ts';
import type { Store } from '../store/store.ts';
import type { ControlContext, ControlVariables } from './control-context.ts';
import { type GrantRouteParts, grantRefusals, signerOf, stopBody } from './grant-routes.ts';
import { problemResponse, problems } from './problem.ts';
import { readBody } from './read-body.ts';
import { refuseOnRecord } from './refuse-on-record.ts';
import { registeredRequester } from './registered-requester.ts';
import { scopeFields } from './scope-fields.ts';

export interface BreakGlassRouteParts extends GrantRouteParts {
  readonly store: Store;
  readonly config: () => Config;
}

const MIN_SECONDS = 10;
const DEFAULT_SECONDS = 900;

const reason = z.string().trim().min(1, 'say why: it is read by whoever looks at this afterwards').max(500);
export const openBody = z.strictObject({
  cluster: z.string().min(1).max(63),
  agent: z.string().min(1).max(63),
  scope: z.strictObject(scopeFields).optional(),
  seconds: z.int().min(MIN_SECONDS).optional(),
  reason,
});

function shown({ id, value }: Grant) {
  const { requester, unrecorded: _, digest: __, askedAt: openedAt, signatures, ...rest } = value;
  return { id, ...rest, agent: requester.id, owner: requester.owner, openedAt, openedBy: signatures[0]?.by };
}

/** Why somebody does not end it, whatever they say of it. */
function mayNotEnd({ var: { caller } }: ControlContext): string | undefined {
  return caller.roles.includes('operator') ? undefined : 'only operators break glass';
}

/** Why somebody does not open it: a session of the console is not enough for that, as it is for ending. */
function mayNotOpen(context: ControlContext): string | undefined {
  const viaBrowser = context.var.caller.via === 'bearer' ? undefined : 'glass is broken by `countersign break-glass`';
  return mayNotEnd(context) ?? viaBrowser;
}

function notTheirs(why: string, context: ControlContext, parts: BreakGlassRouteParts): Promise<Response> {
  return refuseOnRecord({ ...problems.forbidden(why), code: 'ERR_BREAK_GLASS_ROLE' }, context, parts);
}

function refused(said: GrantProblem, context: ControlContext, parts: BreakGlassRouteParts): Promise<Response> {
  return refuseOnRecord({ ...grantRefusals[said], code: said }, context, parts);
}

async function open(context: ControlContext, parts: BreakGlassRouteParts): Promise<Response> {
  const { requestId, caller } = context.var;
  const why = mayNotOpen(context);
  if (why !== undefined) return notTheirs(why, context, parts);
  const body = await readBody(context, openBody);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const { maxSeconds } = parts.config().breakGlass;
  const { cluster, agent, scope, seconds = Math.min(DEFAULT_SECONDS, maxSeconds), reason: said } = body.data;
  if (seconds > maxSeconds)
    return problemResponse(
      problems.badRequest(`seconds: at most ${maxSeconds} here (breakGlass.maxSeconds)`),
      requestId,
    );
  const requester = await registeredRequester(parts.store, agent, cluster);
  if (requester === undefined)
    return problemResponse(problems.notFound(`no agent ${agent} is registered for the cluster ${cluster}`), requestId);
  const signer = signerOf(caller, parts, said);
  const opening = { cluster, requester, seconds, ...(scope === undefined ? {} : { scope }) };
  const opened = await parts.grants.open(opening, signer);
  if (opened === 'too many')
    return problemResponse(problems.tooMany('an agent has 8 of them open at most: let some end first'), requestId);
  return typeof opened === 'string' ? refused(opened, context, parts) : context.json(shown(opened), 201);
}

async function list(context: ControlContext, { grants }: BreakGlassRouteParts): Promise<Response> {
  const all = await grants.all();
  return context.json({ items: all.filter(({ value }) => value.breakGlass).map(shown) });
}

async function end(context: ControlContext, parts: BreakGlassRouteParts): Promise<Response> {
  const { requestId, caller } = context.var;
  const why = mayNotEnd(context);
  if (why !== undefined) return notTheirs(why, context, parts);
  const body = await readBody(context, stopBody);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const found = await parts.grants.get(context.req.param('id') ?? '');
  const { signature } = signerOf(caller, parts, body.data.reason);
  const ended = found?.value.breakGlass ? await parts.grants.stop(found.id, 'revoked', signature) : undefined;
  if (ended === undefined) return problemResponse(problems.notFound('no glass is broken under this id'), requestId);
  return typeof ended === 'string' ? refused(ended, context, parts) : context.json(shown(ended));
}

/** What operators let on in an emergency, without a countersignature, for a short time. */
export function breakGlassRoutes(app: Hono<{ Variables: ControlVariables }>, parts: BreakGlassRouteParts): void {
  app.get('/api/v1/break-glass', (context) => list(context, parts));
  app.post('/api/v1/break-glass', (context) => open(context, parts));
  app.post('/api/v1/break-glass/:id/end', (context) => end(context, parts));
}
