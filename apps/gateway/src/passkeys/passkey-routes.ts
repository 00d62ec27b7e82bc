// SPDX-License-Identifier: Apache-2.0

import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Hono } from 'hono';
import * as z from 'zod';
import type { ControlContext, ControlVariables } from '../control/control-context.ts';
import { type Problem, problemResponse, problems } from '../control/problem.ts';
import { readBody } from '../control/read-body.ts';
import { assertionBody } from './assertion-body.ts';
import { removedRecord } from './passkey-records.ts';
import { isInUse, isOf, type Passkey, passkeysOf } from './passkeys.ts';
import {
  type RegisterPasskeyParts,
  type RegistrationProblem,
  registerPasskey,
  registrationOptions,
} from './register-passkey.ts';
import type { WebAuthnSite } from './web-authn-site.ts';

export interface PasskeyRouteParts extends RegisterPasskeyParts {
  /** Where passkeys are used; undefined where the gateway has no console. */
  readonly site: WebAuthnSite | undefined;
}

const text = (max: number) => z.string().min(1).max(max);
export const registration = z.strictObject({
  name: text(64),
  /** What the browser says beyond this is nobody's concern here. */
  response: z.object({
    id: text(1_400),
    rawId: text(1_400),
    type: z.literal('public-key'),
    response: z.object({ clientDataJSON: text(4_096), attestationObject: text(10_000) }),
  }),
  /** Of a passkey that the person has, for another one. */
  assertion: assertionBody.optional(),
});

const refusals: Readonly<Record<RegistrationProblem, Problem>> = {
  ERR_PASSKEY_TOO_MANY: {
    status: 409,
    title: 'Too many',
    detail: 'you have as many passkeys, or as many unanswered challenges, as one person may have; remove one, or wait',
  },
  ERR_PASSKEY_CHALLENGE: {
    status: 403,
    title: 'Too late',
    detail: 'what this answers was not asked of you, or has been answered, or more than five minutes ago; begin anew',
  },
  ERR_PASSKEY_RESPONSE: {
    status: 400,
    title: 'Not a passkey',
    detail:
      'this is no passkey that can be used here: it must check who uses it, be of this site, and bring no certificate',
  },
  ERR_PASSKEY_LOGIN: {
    status: 403,
    title: 'Log in again',
    detail: 'a first passkey is registered within ten minutes of a login to the console, after another one was removed',
  },
  ERR_PASSKEY_VOUCH: {
    status: 403,
    title: 'Not vouched for',
    detail: 'you have a passkey: it must sign that there is to be another, by what it was asked for with this one',
  },
  ERR_PASSKEY_KNOWN: { status: 409, title: 'Known', detail: 'this passkey is registered' },
};

const noConsole = problems.notFound('this gateway has no console, and passkeys are used in one');

function refuse(code: RegistrationProblem, { var: { requestId } }: ControlContext): Response {
  return problemResponse({ ...refusals[code], code }, requestId);
}

function shown({ id, value: { name, createdAt } }: Passkey) {
  return { id, name, createdAt };
}

function personOf({ var: { caller } }: ControlContext) {
  const { issuer, subject } = caller.token;
  return { issuer, subject, loggedInAt: caller.loggedInAt };
}

async function options(context: ControlContext, parts: PasskeyRouteParts): Promise<Response> {
  if (parts.site === undefined) return problemResponse(noConsole, context.var.requestId);
  const made = await registrationOptions(parts.site, personOf(context), parts);
  return typeof made === 'string' ? refuse(made, context) : context.json(made);
}

async function register(context: ControlContext, parts: PasskeyRouteParts): Promise<Response> {
  const { requestId } = context.var;
  if (parts.site === undefined) return problemResponse(noConsole, requestId);
  const body = await readBody(context, registration);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const { name, response, assertion } = body.data;
  const answer: RegistrationResponseJSON = { ...response, clientExtensionResults: {} };
  const made = await registerPasskey(parts.site, personOf(context), { response: answer, name, assertion }, parts);
  return typeof made === 'string' ? refuse(made, context) : context.json(shown(made), 201);
}

async function list(context: ControlContext, { passkeys }: PasskeyRouteParts): Promise<Response> {
  return context.json({ items: (await passkeysOf(passkeys, personOf(context))).map(shown) });
}

/** Out of use first: what a crash leaves between is a passkey that the log has, and nobody can use. */
async function remove(context: ControlContext, { passkeys, log, now }: PasskeyRouteParts): Promise<Response> {
  const found = await passkeys.get(context.req.param('id') ?? '');
  const isOwn = found !== undefined && isOf(found, personOf(context)) && isInUse(found);
  const removedAt = now().toISOString();
  if (!isOwn || !(await passkeys.replace(found.id, found.version, { ...found.value, removedAt })))
    return problemResponse(problems.notFound('you have no such passkey'), context.var.requestId);
  await log.append([removedRecord(found.id, found.value)]);
  return context.body(null, 204);
}

/** What people do about passkeys of their own: those who may countersign. */
export function passkeyRoutes(app: Hono<{ Variables: ControlVariables }>, parts: PasskeyRouteParts): void {
  app.use('/api/v1/passkeys/*', async ({ var: { caller, requestId } }, next) =>
    caller.approverGroups.length > 0
      ? next()
      : problemResponse(problems.forbidden('passkeys are for those who may countersign'), requestId),
  );
  app.post('/api/v1/passkeys/options', (context) => options(context, parts));
  app.post('/api/v1/passkeys', (context) => register(context, parts));
  app.get('/api/v1/passkeys', (context) => list(context, parts));
  app.delete('/api/v1/passkeys/:id', (context) => remove(context, parts));
}
