// SPDX-License-Identifier: Apache-2.0
import type { Context } from 'hono';
import * as z from 'zod';
import { Fault } from '../faults.ts';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import { callerOf } from '../identity/caller-of.ts';
import { type ControlCaller, isOwnerOf, seesAll } from './authorize.ts';
import type { ExchangeIndex, ExchangeSummary, Indexed } from './exchange-index.ts';
import { problemResponse, problems } from './problem.ts';

export interface ExchangeRouteParts {
  readonly exchanges: ExchangeIndex;
  readonly registry: AgentRegistry;
  readonly now: () => Date;
}

export const exchangeQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cluster: z.string().optional(),
  agent: z.string().optional(),
  session: z.string().optional(),
});

interface Asked {
  readonly caller: ControlCaller;
  readonly requestId: string;
}

/** What an agent is told of an exchange of its own. What is not on record as over, nobody knows. */
function forItsAgent({ id, cluster, request, decision, fault, status, state }: ExchangeSummary) {
  return { id, cluster, request, decision, fault, status, state: state === 'open' ? 'unknown' : state };
}

/** An exchange of whoever holds the token, on a cluster on which it would be let in now. */
function ownExchange(id: string, token: TokenFacts, { exchanges, registry, now }: ExchangeRouteParts) {
  const cluster = exchanges.get(id)?.cluster;
  if (cluster === undefined) return undefined;
  const own = callerOf(token, cluster, registry, now().getTime());
  return own instanceof Fault ? undefined : exchanges.ofAgent(own.principal.id, id);
}

/** Whether a person may see an exchange: operators and auditors all, owners those of their agents. */
export function isTheirExchange(
  { principal, isOfAgent }: Indexed,
  caller: ControlCaller,
  registry: AgentRegistry,
): boolean {
  if (seesAll(caller)) return true;
  return isOfAgent && principal !== undefined && isOwnerOf(caller, registry.ownerOf(principal));
}

/** One of the latest exchanges; to an agent, and to an owner, others' are none. */
export function oneExchange(context: Context, parts: ExchangeRouteParts, { caller, requestId }: Asked): Response {
  const id = context.req.param('id') ?? '';
  if (caller.roles.includes('agent')) {
    const own = ownExchange(id, caller.token, parts);
    const advice = 'no such exchange of yours among the latest; that does not say that it was not done';
    return own ? context.json(forItsAgent(own)) : problemResponse(problems.notFound(advice), requestId);
  }
  const indexed = parts.exchanges.indexed(id);
  const isTheirs = indexed !== undefined && isTheirExchange(indexed, caller, parts.registry);
  const found = isTheirs ? parts.exchanges.get(id) : undefined;
  return found
    ? context.json(found)
    : problemResponse(problems.notFound('no such exchange among the latest'), requestId);
}
