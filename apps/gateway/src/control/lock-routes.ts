// SPDX-License-Identifier: Apache-2.0
import type { Context } from 'hono';
import * as z from 'zod';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import { LOCK_KINDS, type Lock, type Locks } from '../identity/locks.ts';
import { type ControlCaller, isOwnerOf, seesAll } from './authorize.ts';
import { paged } from './paged.ts';
import { problemResponse, problems } from './problem.ts';
import { readBody } from './read-body.ts';

const target = z.string().min(1).max(250);
const kind = z.enum(LOCK_KINDS);
export const lockRequest = z.strictObject({ kind, target, reason: z.string().max(500).default('') });
const lockPath = z.strictObject({ kind, target });

interface Asked {
  readonly caller: ControlCaller;
  readonly requestId: string;
}

function notOperator({ caller, requestId }: Asked): Response | undefined {
  return caller.roles.includes('operator')
    ? undefined
    : problemResponse(problems.forbidden('only operators lock and unlock; owners lock their own agents'), requestId);
}

/** The locks in force: to owners those that stop agents of theirs. */
export async function listLocks(
  context: Context,
  { locks, registry }: { readonly locks: Locks; readonly registry: AgentRegistry },
  { caller, requestId }: Asked,
): Promise<Response> {
  const isTheirs = ({ kind: of, target: which }: Lock) =>
    (of === 'agent' && isOwnerOf(caller, registry.ownerOf(which))) || (of === 'owner' && isOwnerOf(caller, which));
  return paged(
    context,
    requestId,
    (page) => locks.page(page),
    ({ lock: one }) => (seesAll(caller) || isTheirs(one) ? one : undefined),
  );
}

/** Locks what the body names, known or not: 201 with how many exchanges that ended. Locked again, it stays locked. */
export async function lock(
  context: Context,
  { locks, registry }: { readonly locks: Locks; readonly registry: AgentRegistry },
  asked: Asked,
): Promise<Response> {
  const body = await readBody(context, lockRequest);
  if ('problem' in body) return problemResponse(body.problem, asked.requestId);
  const { kind, target, reason } = body.data;
  const isOwn = kind === 'agent' && isOwnerOf(asked.caller, registry.ownerOf(target));
  const refused = isOwn ? undefined : notOperator(asked);
  if (refused) return refused;
  const ended = await locks.lock(kind, target, asked.caller.token.subject, reason);
  if (ended === undefined)
    return problemResponse(problems.notFound(`no session ${target} is going on`), asked.requestId);
  // It is locked, whatever the store says now.
  const known = await locks.isKnown(kind, target).catch(() => undefined);
  return context.json({ kind, target, ended, known }, 201);
}

/** Lifts a lock. */
export async function unlock(context: Context, locks: Locks, asked: Asked): Promise<Response> {
  const refused = notOperator(asked);
  if (refused) return refused;
  const path = lockPath.safeParse(context.req.param());
  if (!path.success) return problemResponse(problems.malformed(path.error), asked.requestId);
  const { kind, target } = path.data;
  const lifted = await locks.unlock(kind, target, asked.caller.token.subject);
  return lifted
    ? context.json({ kind, target })
    : problemResponse(problems.notFound(`there is no lock on ${kind} ${target}`), asked.requestId);
}
