// SPDX-License-Identifier: Apache-2.0
import type { Hono } from 'hono';
import type { Config } from '../config/schema.ts';
import type { AgentRoster } from '../identity/agent-roster.ts';
import { isKnownPerson } from '../identity/known-person.ts';
import type { WantedEntry } from '../identity/roster.ts';
import { everyDocument } from '../store/every-document.ts';
import type { AgentDocument, Store, Versioned } from '../store/store.ts';
import { agentBodySchema, entryOf, shownAgent } from './agent-body.ts';
import { type ControlCaller, isOwnerOf, seesAll } from './authorize.ts';
import type { ControlContext, ControlVariables } from './control-context.ts';
import { paged } from './paged.ts';
import { type Problem, problemResponse, problems } from './problem.ts';
import { readBody } from './read-body.ts';
import {
  enableRegistered,
  notOperator,
  putRegistered,
  type Registration,
  refusalsOf,
  removeRegistered,
  tellRegistered,
} from './registration-routes.ts';

export interface AgentRouteParts {
  readonly roster: AgentRoster;
  readonly store: Store;
  readonly config: () => Config;
}

const refusals = refusalsOf('agent', '10,000');

const idOf = (context: ControlContext) => context.req.param('id') ?? '';

/** Operators and auditors see all agents, owners their own. */
function isVisible({ value }: Versioned<AgentDocument>, { var: { caller } }: ControlContext): boolean {
  return seesAll(caller) || isOwnerOf(caller, value.owner);
}

async function list(context: ControlContext, { store }: AgentRouteParts): Promise<Response> {
  return paged(
    context,
    context.var.requestId,
    (page) => store.agents.list(page),
    (one) => (isVisible(one, context) ? shownAgent(one) : undefined),
  );
}

async function show(context: ControlContext, { store }: AgentRouteParts): Promise<Response> {
  const found = await store.agents.get(idOf(context));
  return found && isVisible(found, context)
    ? tellRegistered(found, shownAgent)
    : problemResponse(refusals.unknown, context.var.requestId);
}

/** Whoever was an agent once has no role of a person again. */
const itself = problems.badRequest('match: these are your own tokens, and what is an agent is no operator: use others');

/** As soon as it is an agent's, and for good, it has no role of a person: nobody is to lose theirs by a slip. */
const persons: Problem = {
  status: 409,
  title: "A person's",
  detail:
    'match: these are tokens of a person, who has had a passkey or is logged in to the console: an agent has an identity of its own at the provider',
};

function isOwnToken({ issuer, subject }: AgentDocument['match'], { token }: ControlCaller): boolean {
  return issuer === token.issuer && subject === token.subject;
}

async function wantedAgent(
  context: ControlContext,
  id: string,
  { config, store }: AgentRouteParts,
): Promise<WantedEntry<AgentDocument> | Problem> {
  const body = await readBody(context, agentBodySchema);
  if ('problem' in body) return body.problem;
  const clusters = new Set((await everyDocument(store.clusters)).map((cluster) => cluster.id));
  const entry = entryOf(body.data, id, config(), clusters);
  if (typeof entry === 'string') return problems.badRequest(entry);
  if (isOwnToken(entry.match, context.var.caller)) return itself;
  return (await isKnownPerson(store, entry.match)) ? persons : entry;
}

function registration(parts: AgentRouteParts): Registration<AgentDocument> {
  return {
    roster: parts.roster,
    noun: 'agent',
    refusals,
    entryOf: (context, id) => wantedAgent(context, id, parts),
    shown: shownAgent,
  };
}

/** Lets an agent in again, or not any more, which its owner may say too. */
async function enable(state: AgentDocument['state'], context: ControlContext, parts: AgentRouteParts) {
  const agent = state === 'disabled' ? await parts.store.agents.get(idOf(context)) : undefined;
  const refused = isOwnerOf(context.var.caller, agent?.value.owner) ? undefined : notOperator(context, 'agent');
  return refused ?? enableRegistered(context, idOf(context), state, registration(parts));
}

async function remove(context: ControlContext, parts: AgentRouteParts): Promise<Response> {
  const removed = await removeRegistered(context, idOf(context), registration(parts));
  return removed instanceof Response ? removed : context.json({ id: removed.id });
}

/** Who is registered: to see, and for operators to change. */
export function agentRoutes(app: Hono<{ Variables: ControlVariables }>, parts: AgentRouteParts): void {
  app.get('/api/v1/agents', (context) => list(context, parts));
  app.get('/api/v1/agents/:id', (context) => show(context, parts));
  app.put('/api/v1/agents/:id', (context) => putRegistered(context, idOf(context), registration(parts)));
  app.delete('/api/v1/agents/:id', (context) => remove(context, parts));
  app.post('/api/v1/agents/:id/disable', (context) => enable('disabled', context, parts));
  app.post('/api/v1/agents/:id/enable', (context) => enable('enabled', context, parts));
}
