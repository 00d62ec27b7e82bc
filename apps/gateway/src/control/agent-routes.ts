// SPDX-License-Identifier: Apache-2.0

import type { Hono } from 'hono';
import type { Config } from '../config/schema.ts';
import { isName } from '../config/schema-parts.ts';
import type { AgentRoster, RosterProblem } from '../identity/agent-roster.ts';
import { everyDocument } from '../store/every-document.ts';
import type { AgentDocument, Store, Versioned } from '../store/store.ts';
import { agentBodySchema, entryOf, shownAgent } from './agent-body.ts';
import { type ControlCaller, isOwnerOf, seesAll } from './authorize.ts';
import type { ControlContext, ControlVariables } from './control-context.ts';
import { type Problem, problemResponse, problems } from './problem.ts';
import { readBody } from './read-body.ts';

export interface AgentRouteParts {
  readonly roster: AgentRoster;
  readonly store: Store;
  readonly config: () => Config;
}

/** What a change is made of: nothing that is there, or the version with this tag. */
type Expected = { readonly kind: 'none' } | { readonly kind: 'version'; readonly version: number };

const refusals: Readonly<Record<RosterProblem, Problem>> = {
  unknown: problems.notFound('no such agent'),
  declared: {
    status: 409,
    title: 'Declared elsewhere',
    detail: "this agent is in the gateway's configuration file: change it there, or lock it",
  },
  taken: {
    status: 412,
    title: 'There already',
    detail: 'an agent has this id: send If-Match with its ETag to change it',
  },
  stale: { status: 412, title: 'Changed meanwhile', detail: 'it is not what you changed: read it again' },
  'token-taken': {
    status: 409,
    title: 'Taken',
    detail: 'another agent is known by the tokens of this issuer and subject: one token stands for one agent',
  },
  full: { status: 409, title: 'Too many', detail: 'there are 10,000 agents: remove some first' },
};

const noPrecondition: Problem = {
  status: 428,
  title: 'Of what?',
  detail: 'send `If-None-Match: *` to register an agent, or If-Match with the ETag of the one that you change',
};

function etagOf({ version }: Versioned<AgentDocument>): string {
  return `"${version}"`;
}

function tellAgent(agent: Versioned<AgentDocument>, status: 200 | 201 = 200): Response {
  return Response.json(shownAgent(agent), { status, headers: { etag: etagOf(agent) } });
}

function notOperator({ var: { caller, requestId } }: ControlContext): Response | undefined {
  return caller.roles.includes('operator')
    ? undefined
    : problemResponse(problems.forbidden('only operators register and change agents'), requestId);
}

/** @see RFC 9110 §13.1, RFC 6585 §3 */
function expectedBy(context: ControlContext): Expected | undefined {
  const [match, none] = [context.req.header('if-match'), context.req.header('if-none-match')];
  if (none === '*' && match === undefined) return { kind: 'none' };
  const [, version] = /^"(\d{1,15})"$/.exec(match ?? '') ?? [];
  return version === undefined || none !== undefined ? undefined : { kind: 'version', version: Number(version) };
}

const idOf = (context: ControlContext) => context.req.param('id') ?? '';

/** Operators and auditors see all agents, owners their own. */
function isVisible({ value }: Versioned<AgentDocument>, { var: { caller } }: ControlContext): boolean {
  return seesAll(caller) || isOwnerOf(caller, value.owner);
}

async function list(context: ControlContext, { store }: AgentRouteParts): Promise<Response> {
  const all = await everyDocument(store.agents);
  return context.json({ items: all.filter((one) => isVisible(one, context)).map(shownAgent) });
}

async function show(context: ControlContext, { store }: AgentRouteParts): Promise<Response> {
  const found = await store.agents.get(idOf(context));
  return found && isVisible(found, context)
    ? tellAgent(found)
    : problemResponse(refusals.unknown, context.var.requestId);
}

/** Whoever was an agent once has no role of a person again. */
const itself = problems.badRequest('match: these are your own tokens, and what is an agent is no operator: use others');

function isOwnToken({ issuer, subject }: AgentDocument['match'], { token }: ControlCaller): boolean {
  return issuer === token.issuer && subject === token.subject;
}

/** Registers an agent, or replaces what it is registered as. */
async function put(context: ControlContext, { roster, config }: AgentRouteParts): Promise<Response> {
  const { requestId, caller } = context.var;
  const refused = notOperator(context);
  if (refused) return refused;
  const id = idOf(context);
  if (!isName(id))
    return problemResponse(
      problems.badRequest('an id is of lower-case letters, digits and dashes, at most 63'),
      requestId,
    );
  const expected = expectedBy(context);
  if (expected === undefined) return problemResponse(noPrecondition, requestId);
  const body = await readBody(context, agentBodySchema);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const entry = entryOf(body.data, id, config());
  if (typeof entry === 'string') return problemResponse(problems.badRequest(entry), requestId);
  if (isOwnToken(entry.match, caller)) return problemResponse(itself, requestId);
  const by = caller.token.subject;
  const changed =
    expected.kind === 'none'
      ? await roster.register(id, entry, by)
      : await roster.change(id, expected.version, entry, by);
  if (typeof changed === 'string') return problemResponse(refusals[changed], requestId);
  return tellAgent(changed, expected.kind === 'none' ? 201 : 200);
}

/** Lets an agent in again, or not any more, which its owner may say too. */
async function enable(state: AgentDocument['state'], context: ControlContext, { roster, store }: AgentRouteParts) {
  const agent = state === 'disabled' ? await store.agents.get(idOf(context)) : undefined;
  const refused = isOwnerOf(context.var.caller, agent?.value.owner) ? undefined : notOperator(context);
  if (refused) return refused;
  const changed = await roster.enable(idOf(context), state, context.var.caller.token.subject);
  return typeof changed === 'string' ? problemResponse(refusals[changed], context.var.requestId) : tellAgent(changed);
}

async function remove(context: ControlContext, { roster }: AgentRouteParts): Promise<Response> {
  const { requestId, caller } = context.var;
  const refused = notOperator(context);
  if (refused) return refused;
  const expected = expectedBy(context);
  const isUnclear = context.req.header('if-match') !== undefined && expected?.kind !== 'version';
  if (isUnclear || expected?.kind === 'none') return problemResponse(noPrecondition, requestId);
  const removed = await roster.remove(idOf(context), expected?.version, caller.token.subject);
  return typeof removed === 'string' ? problemResponse(refusals[removed], requestId) : context.json({ id: removed.id });
}

/** Who is registered: to see, and for operators to change. */
export function agentRoutes(app: Hono<{ Variables: ControlVariables }>, parts: AgentRouteParts): void {
  app.get('/api/v1/agents', (context) => list(context, parts));
  app.get('/api/v1/agents/:id', (context) => show(context, parts));
  app.put('/api/v1/agents/:id', (context) => put(context, parts));
  app.delete('/api/v1/agents/:id', (context) => remove(context, parts));
  app.post('/api/v1/agents/:id/disable', (context) => enable('disabled', context, parts));
  app.post('/api/v1/agents/:id/enable', (context) => enable('enabled', context, parts));
}
