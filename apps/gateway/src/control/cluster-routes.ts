// SPDX-License-Identifier: Apache-2.0
import type { Hono } from 'hono';
import * as z from 'zod';
import { clusterFields } from '../config/schema.ts';
import type { ClusterRoster } from '../identity/cluster-roster.ts';
import { isClusterIn } from '../identity/cluster-state.ts';
import { stateOf, type WantedEntry } from '../identity/roster.ts';
import { organisationSet } from '../policies/policy-directory.ts';
import type { ClusterDocument, Store, Versioned } from '../store/store.ts';
import type { Tunnels } from '../tunnel/tunnels.ts';
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

export interface ClusterRouteParts {
  readonly clusterRoster: ClusterRoster;
  readonly store: Store;
  readonly clusters: Tunnels;
  readonly now: () => Date;
}

const refusals = refusalsOf('cluster', '1,000');

/** A cluster as it is read and written: what `GET` gives can be sent back by `PUT`, which takes no notice of its connectors. */
const clusterBody = z.strictObject({
  name: clusterFields.name.optional(),
  source: z.literal('api', 'this cluster is in the configuration file: change it there').optional(),
  state: z.enum(['enabled', 'disabled']).optional(),
  description: clusterFields.description,
  expiresAt: clusterFields.expiresAt,
  connectors: z.array(z.unknown()).max(2_000).optional(),
});
type ClusterBody = z.infer<typeof clusterBody>;
export const clusterBodySchema: z.ZodType<ClusterBody> = clusterBody;

const nameOf = (context: ControlContext) => context.req.param('name') ?? '';

function shownBy({ clusters }: Pick<ClusterRouteParts, 'clusters'>) {
  return ({ id, value }: Versioned<ClusterDocument>) => ({
    name: id,
    source: value.source,
    state: stateOf(value),
    description: value.description,
    ...(value.expiresAt === undefined ? {} : { expiresAt: value.expiresAt }),
    connectors: clusters.connected(id),
  });
}

async function list(context: ControlContext, parts: ClusterRouteParts): Promise<Response> {
  return paged(context, context.var.requestId, (page) => parts.store.clusters.list(page), shownBy(parts));
}

async function show(context: ControlContext, parts: ClusterRouteParts): Promise<Response> {
  const found = await parts.store.clusters.get(nameOf(context));
  return found ? tellRegistered(found, shownBy(parts)) : problemResponse(refusals.unknown, context.var.requestId);
}

async function wantedCluster(context: ControlContext, name: string): Promise<WantedEntry<ClusterDocument> | Problem> {
  if (name === organisationSet)
    return problems.badRequest(`no cluster is named ${organisationSet}: so is the policy set that all clusters have`);
  const body = await readBody(context, clusterBodySchema);
  if ('problem' in body) return body.problem;
  const { name: named, description, state, expiresAt } = body.data;
  if (named !== undefined && named !== name)
    return problems.badRequest(`the body is of cluster ${JSON.stringify(named)}`);
  return {
    description,
    ...(state === undefined ? {} : { state }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function registration(parts: ClusterRouteParts): Registration<ClusterDocument> {
  return { roster: parts.clusterRoster, noun: 'cluster', refusals, entryOf: wantedCluster, shown: shownBy(parts) };
}

async function enable(state: 'enabled' | 'disabled', context: ControlContext, parts: ClusterRouteParts) {
  return notOperator(context, 'cluster') ?? enableRegistered(context, nameOf(context), state, registration(parts));
}

async function remove(context: ControlContext, parts: ClusterRouteParts): Promise<Response> {
  const removed = await removeRegistered(context, nameOf(context), registration(parts));
  return removed instanceof Response ? removed : context.json({ name: removed.id });
}

/** A single-use token with which one connector enrols, and the CA by which it knows this gateway. */
async function issueJoinToken(context: ControlContext, parts: ClusterRouteParts): Promise<Response> {
  const { caller, requestId } = context.var;
  if (!caller.roles.includes('operator'))
    return problemResponse(problems.forbidden('only operators let connectors in'), requestId);
  const { store, clusters, now } = parts;
  const found = await store.clusters.get(nameOf(context));
  if (!found) return problemResponse(refusals.unknown, requestId);
  if (!isClusterIn(found.value, now().getTime())) {
    const detail = 'this cluster is disabled, or its registration has expired: its connectors are refused';
    return problemResponse({ status: 409, title: 'Disabled', detail }, requestId);
  }
  const token = await clusters.issueJoinToken(found.id);
  return Response.json({ token, ca: clusters.caCertificate }, { status: 201 });
}

/** What is reached: to see, and for operators to change. */
export function clusterRoutes(app: Hono<{ Variables: ControlVariables }>, parts: ClusterRouteParts): void {
  app.get('/api/v1/clusters', (context) => list(context, parts));
  app.get('/api/v1/clusters/:name', (context) => show(context, parts));
  app.put('/api/v1/clusters/:name', (context) => putRegistered(context, nameOf(context), registration(parts)));
  app.delete('/api/v1/clusters/:name', (context) => remove(context, parts));
  app.post('/api/v1/clusters/:name/disable', (context) => enable('disabled', context, parts));
  app.post('/api/v1/clusters/:name/enable', (context) => enable('enabled', context, parts));
  app.post('/api/v1/clusters/:name/join-tokens', (context) => issueJoinToken(context, parts));
}
