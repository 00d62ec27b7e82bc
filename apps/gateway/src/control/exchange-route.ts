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
import type { SharedWrites } from './shared-writes.ts';

export interface ExchangeRouteParts {
  readonly exchanges: ExchangeIndex;
  /** What other gateways of the store say; absent where there are none. */
  readonly sharedWrites?: Pick<SharedWrites, 'find'> | undefined;
  readonly registry: AgentRegistry;
  readonly now: () => Date;
}

export const exchangeQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cluster: z.string().optional(),
  agent: z.string().optional(),
  session: z.string().optional(),
  after: z.uuid().optional(),
});

interface Asked {
  readonly caller: ControlCaller;
  readonly requestId: string;
}

/** What is known of an exchange: here, or, of a write, at another gateway of the store. */
type Known = Omit<ExchangeSummary, 'index'> & Pick<Indexed, 'isOfAgent'>;

/** @throws StoreError */
async function known(id: string, { exchanges, sharedWrites }: ExchangeRouteParts): Promise<Known | undefined> {
  const [summary, indexed] = [exchanges.get(id), exchanges.indexed(id)];
  return summary && indexed ? { ...summary, isOfAgent: indexed.isOfAgent } : sharedWrites?.find(id);
}

/** What an agent is told of an exchange of its own. What is not on record as over, nobody knows. */
function forItsAgent({ id, cluster, request, decision, fault, status, state }: Known) {
  return { id, cluster, request, decision, fault, status, state: state === 'open' ? 'unknown' : state };
}

/** Whether it is an exchange of whoever holds the token, on a cluster on which it would be let in now. */
function isOwnExchange(
  { cluster, isOfAgent, principal }: Known,
  token: TokenFacts,
  { registry, now }: ExchangeRouteParts,
): boolean {
  if (cluster === undefined || !isOfAgent) return false;
  const own = callerOf(token, cluster, registry, now().getTime());
  return !(own instanceof Fault) && own.principal.id === principal;
}

/** Whether a person may see an exchange: operators and auditors all, owners those of their agents. */
function isTheirExchange(
  { principal, isOfAgent }: Pick<Indexed, 'isOfAgent'> & { readonly principal?: string | undefined },
  caller: ControlCaller,
  registry: AgentRegistry,
): boolean {
  if (seesAll(caller)) return true;
  return isOfAgent && principal !== undefined && isOwnerOf(caller, registry.ownerOf(principal));
}

/** The latest exchanges that the caller may see, latest first, as pages. */
export function listExchanges(
  context: Context,
  { exchanges, registry }: Pick<ExchangeRouteParts, 'exchanges' | 'registry'>,
  { caller, requestId }: Asked,
): Response {
  const query = exchangeQuery.safeParse(context.req.query());
  if (!query.success) return problemResponse(problems.malformed(query.error), requestId);
  const { limit, after, cluster, agent, session } = query.data;
  const page = exchanges.latest(
    { limit, after },
    (one) =>
      (cluster === undefined || one.cluster === cluster) &&
      (agent === undefined || one.principal === agent) &&
      (session === undefined || one.session === session) &&
      isTheirExchange(one, caller, registry),
  );
  if (!page)
    return problemResponse(
      problems.badRequest('after: no such exchange among the latest of those; begin anew without it'),
      requestId,
    );
  const { items, isLast } = page;
  return context.json({ items, ...(isLast ? {} : { next: items.at(-1)?.id }) });
}

/** One of the latest exchanges; to an agent, and to an owner, others' are none. @throws StoreError */
export async function oneExchange(
  context: Context,
  parts: ExchangeRouteParts,
  { caller, requestId }: Asked,
): Promise<Response> {
  const found = await known(context.req.param('id') ?? '', parts);
  if (caller.roles.includes('agent')) {
    const advice = 'no such exchange of yours among the latest; that does not say that it was not done';
    return found && isOwnExchange(found, caller.token, parts)
      ? context.json(forItsAgent(found))
      : problemResponse(problems.notFound(advice), requestId);
  }
  if (!found || !isTheirExchange(found, caller, parts.registry))
    return problemResponse(problems.notFound('no such exchange among the latest'), requestId);
  const { isOfAgent: _, ...told } = found;
  return context.json(told);
}
