// SPDX-License-Identifier: Apache-2.0

import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { MAX_PLAN_BYTES } from '../approvals/planned-request.ts';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import type { Locks } from '../identity/locks.ts';
import { type PasskeyRouteParts, passkeyRoutes } from '../passkeys/passkey-routes.ts';
import type { Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { type AgentRouteParts, agentRoutes } from './agent-routes.ts';
import { type ApprovalRouteParts, approvalRoutes } from './approval-routes.ts';
import { type AuthorizeParts, authorize, type ControlCaller, type RefusedCaller } from './authorize.ts';
import { type BreakGlassRouteParts, breakGlassRoutes } from './break-glass-routes.ts';
import { type ClusterRouteParts, clusterRoutes } from './cluster-routes.ts';
import type { ControlVariables } from './control-context.ts';
import type { EventStreams } from './event-streams.ts';
import type { ExchangeIndex } from './exchange-index.ts';
import { type ExchangeRouteParts, listExchanges, oneExchange } from './exchange-route.ts';
import { type ExplainRouteParts, explainOne } from './explain-route.ts';
import { type GrantRouteParts, grantRoutes } from './grant-routes.ts';
import { type LimitAgentsParts, limitAgents } from './limit-agents.ts';
import { listLocks, lock, unlock } from './lock-routes.ts';
import { type MeParts, me } from './me-route.ts';
import { type OpenApiDocument, openApiDocument } from './openapi/openapi-document.ts';
import { type OwnerRouteParts, ownerRoutes } from './owner-routes.ts';
import { type PlanRouteParts, planOne } from './plan-routes.ts';
import { type PolicyRouteParts, policiesInForce } from './policy-route.ts';
import { problemResponse, problems } from './problem.ts';
import { type RecordRequestParts, recordRefused, recordRequest } from './record-request.ts';
import { type RecordingRouteParts, recordingRoutes } from './recording-routes.ts';
import { notTheirs } from './role-routes.ts';
import { endSession, listSessions, type SessionRouteParts } from './session-routes.ts';

export interface ControlParts
  extends AuthorizeParts,
    SessionRouteParts,
    RecordingRouteParts,
    ApprovalRouteParts,
    PasskeyRouteParts,
    AgentRouteParts,
    ClusterRouteParts,
    OwnerRouteParts,
    GrantRouteParts,
    BreakGlassRouteParts,
    ExplainRouteParts,
    PlanRouteParts,
    PolicyRouteParts,
    MeParts,
    LimitAgentsParts,
    RecordRequestParts,
    ExchangeRouteParts {
  readonly registry: AgentRegistry;
  readonly store: Store;
  readonly exchanges: ExchangeIndex;
  readonly locks: Locks;
  readonly events: EventStreams;
  /** Hears which owners of agents are logged in. */
  readonly onOwners: (owners: readonly string[]) => void;
  /** Hears of what kept a request from being answered. */
  readonly onProblem: (error: unknown) => void;
}

/** The methods of each route; HEAD goes where GET goes. */
export const ROUTES: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/exchanges': ['GET'],
  '/api/v1/exchanges/:id': ['GET'],
  '/api/v1/explain': ['POST'],
  '/api/v1/plans': ['POST'],
  '/api/v1/policies': ['GET'],
  '/api/v1/clusters': ['GET'],
  '/api/v1/clusters/:name': ['GET', 'PUT', 'DELETE'],
  '/api/v1/clusters/:name/disable': ['POST'],
  '/api/v1/clusters/:name/enable': ['POST'],
  '/api/v1/clusters/:name/join-tokens': ['POST'],
  '/api/v1/locks': ['GET', 'POST'],
  '/api/v1/locks/:kind/:target': ['DELETE'],
  '/api/v1/sessions': ['GET'],
  '/api/v1/sessions/:id': ['DELETE'],
  '/api/v1/sessions/:id/recordings': ['GET'],
  '/api/v1/sessions/:id/recordings/:stream': ['GET'],
  '/api/v1/events': ['GET'],
  '/api/v1/me': ['GET'],
  '/api/v1/openapi.json': ['GET'],
  '/api/v1/approvals': ['GET'],
  '/api/v1/approvals/:id': ['GET'],
  '/api/v1/approvals/:id/challenge': ['POST'],
  '/api/v1/approvals/:id/approve': ['POST'],
  '/api/v1/approvals/:id/deny': ['POST'],
  '/api/v1/approvals/:id/withdraw': ['POST'],
  '/api/v1/approvals/:id/reason': ['POST'],
  '/api/v1/passkeys': ['GET', 'POST'],
  '/api/v1/passkeys/options': ['POST'],
  '/api/v1/passkeys/:id': ['DELETE'],
  '/api/v1/grants': ['GET', 'POST'],
  '/api/v1/grants/:id': ['GET'],
  '/api/v1/grants/:id/challenge': ['POST'],
  '/api/v1/grants/:id/approve': ['POST'],
  '/api/v1/grants/:id/deny': ['POST'],
  '/api/v1/grants/:id/revoke': ['POST'],
  '/api/v1/break-glass': ['GET', 'POST'],
  '/api/v1/break-glass/:id/end': ['POST'],
  '/api/v1/agents': ['GET'],
  '/api/v1/agents/:id': ['GET', 'PUT', 'DELETE'],
  '/api/v1/agents/:id/disable': ['POST'],
  '/api/v1/agents/:id/enable': ['POST'],
  '/api/v1/owners': ['GET'],
  '/api/v1/owners/:owner': ['PUT'],
};

const PATTERNS = Object.keys(ROUTES).map((route) => ({
  route,
  pattern: new RegExp(`^${route.replace(/:\w+/g, '[^/]+')}$`),
}));

const MAX_BODY_BYTES = 16_384;

function routeOf(path: string): string | undefined {
  return PATTERNS.find(({ pattern }) => pattern.test(path))?.route;
}

/** Events as they happen, for as long as the caller may be told of them. */
function streamEvents(
  context: Context,
  { events }: ControlParts,
  { caller, requestId }: ControlVariables,
  callerOf: CallerOf,
) {
  // Nobody would read the body, nor end it.
  if (context.req.method === 'HEAD') return context.body(null, 200, { 'content-type': 'text/event-stream' });
  const stream = events.open({ caller, again: () => callerOf(context) });
  return stream ?? problemResponse(problems.tooMany('there are too many streams of events; close one'), requestId);
}

function routes(app: Hono<{ Variables: ControlVariables }>, parts: ControlParts): void {
  app.get('/api/v1/exchanges', (context) => listExchanges(context, parts, context.var));
  app.get('/api/v1/exchanges/:id', (context) => oneExchange(context, parts, context.var));
  app.get('/api/v1/policies', (context) => policiesInForce(context, parts));
  app.get('/api/v1/locks', (context) => listLocks(context, parts, context.var));
  app.post('/api/v1/locks', (context) => lock(context, parts, context.var));
  app.delete('/api/v1/locks/:kind/:target', (context) => unlock(context, parts.locks, context.var));
  app.get('/api/v1/sessions', (context) => listSessions(context, parts, context.var.requestId));
  app.delete('/api/v1/sessions/:id', (context) => endSession(context, parts, context.var));
  let description: OpenApiDocument | undefined;
  app.get('/api/v1/openapi.json', (context) => {
    description ??= openApiDocument(ROUTES);
    return context.json(description);
  });
  app.get('/api/v1/me', (context) => me(context, parts, context.var));
}

/** A known path is not taken by every method; an unknown one by none. */
function noRoute(path: string, requestId: string): Response {
  const methods = ROUTES[routeOf(path) ?? ''];
  if (!methods)
    return problemResponse(problems.notFound('no such route; docs/reference/control-api.md lists them'), requestId);
  const response = problemResponse(problems.methodNotAllowed(`this route takes ${methods.join(', ')}`), requestId);
  response.headers.set('allow', methods.join(', '));
  return response;
}

function limitBody(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: (context) => problemResponse(problems.tooLarge(maxSize), context.get('requestId')),
  });
}

/** Who calls: how that is found out is a listener's own. */
export type CallerOf = (context: Context) => Promise<ControlCaller | RefusedCaller>;

/** The REST API, for operators, auditors, approvers, owners of agents and agents. The address of a caller comes with the request's environment. */
export function createControlApi(
  parts: ControlParts,
  sourceOf: (env: unknown) => string,
  callerOf: CallerOf = (context) => authorize(context.req.header('authorization'), parts),
): Hono<{ Variables: ControlVariables }> {
  const app = new Hono<{ Variables: ControlVariables }>();
  app.use(async (context, next) => {
    const requestId = randomUUID();
    context.set('requestId', requestId);
    context.set('sourceAddress', sourceOf(context.env));
    const { method, path } = context.req;
    const route = routeOf(path) ?? 'none';
    const caller = await callerOf(context);
    if ('problem' in caller) {
      await recordRefused(parts, caller, { id: requestId, method, route }, context.var.sourceAddress);
      return problemResponse(caller.problem, requestId);
    }
    context.set('caller', caller);
    parts.onOwners(caller.owners ?? []);
    await next();
    const { status } = context.res;
    const { overLimit } = context.var;
    if (overLimit) parts.onRefused(overLimit.fault, { agent: overLimit.agent });
    else await recordRequest(parts, caller.token, caller.roles[0], { id: requestId, method, route, status });
    context.header('cache-control', 'no-store');
    return undefined;
  });
  app.use(limitAgents(parts));
  // Nothing is read of what strangers send.
  const [limitPlan, limitOther] = [limitBody(MAX_PLAN_BYTES), limitBody(MAX_BODY_BYTES)];
  app.use((context, next) => (routeOf(context.req.path) === '/api/v1/plans' ? limitPlan : limitOther)(context, next));
  app.use(async (context, next) => {
    const { method, path } = context.req;
    const refused = notTheirs(context.var.caller, method, routeOf(path));
    return refused === undefined ? next() : problemResponse(problems.forbidden(refused), context.var.requestId);
  });
  app.post('/api/v1/explain', (context) => explainOne(context, parts, context.var));
  app.post('/api/v1/plans', (context) => planOne(context, parts));
  app.get('/api/v1/events', (context) => streamEvents(context, parts, context.var, callerOf));
  approvalRoutes(app, parts);
  passkeyRoutes(app, parts);
  agentRoutes(app, parts);
  clusterRoutes(app, parts);
  ownerRoutes(app, parts);
  grantRoutes(app, parts);
  breakGlassRoutes(app, parts);
  recordingRoutes(app, parts);
  routes(app, parts);
  app.notFound((context) => noRoute(context.req.path, context.var.requestId));
  app.onError((error, context) => {
    const { requestId } = context.var;
    if (error instanceof StoreError && error.code === 'ERR_STORE_ID')
      return problemResponse(problems.notFound('nothing here has an id like that'), requestId);
    parts.onProblem(error);
    return problemResponse(problems.unavailable('the request could not be carried out and recorded'), requestId);
  });
  return app;
}
