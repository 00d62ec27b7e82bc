// SPDX-License-Identifier: Apache-2.0
import type { Hono } from 'hono';
import * as z from 'zod';
import type { Owners } from '../identity/owners.ts';
import type { ControlContext, ControlVariables } from './control-context.ts';
import { problemResponse, problems } from './problem.ts';
import { readBody } from './read-body.ts';

export interface OwnerRouteParts {
  readonly owners: Owners;
}

const MAX_OWNER = 128;

/** Whether an owner is there, as an operator says. */
export const ownerBody = z.strictObject({
  state: z.enum(['present', 'gone']),
  reason: z.string().max(500).default(''),
});

async function put(context: ControlContext, { owners }: OwnerRouteParts): Promise<Response> {
  const { caller, requestId } = context.var;
  if (!caller.roles.includes('operator'))
    return problemResponse(problems.forbidden('only operators say who is gone'), requestId);
  const owner = context.req.param('owner') ?? '';
  if (owner.length > MAX_OWNER) return problemResponse(problems.notFound('no owner is named so'), requestId);
  const body = await readBody(context, ownerBody);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const { state, reason } = body.data;
  const by = caller.token.subject;
  if (state === 'gone') await owners.declareGone(owner, by, reason);
  else await owners.declareBack(owner, by);
  const told = (await owners.list()).find((one) => one.owner === owner);
  return context.json(told ?? { owner, state, agents: [] });
}

/** Who answers for agents: to see, and for operators to say who is gone. */
export function ownerRoutes(app: Hono<{ Variables: ControlVariables }>, parts: OwnerRouteParts): void {
  app.get('/api/v1/owners', async (context) => context.json({ items: await parts.owners.list() }));
  app.put('/api/v1/owners/:owner', (context) => put(context, parts));
}
