// SPDX-License-Identifier: Apache-2.0
import type { KubeRequest } from '@countersign/kube';
import { type PolicyAction, policyAction, policyActionsOf } from './action-scope.ts';
import type { Principal } from './decision.ts';
import type { CedarValue, EngineCall, Entity, EntityId } from './engine.ts';
import type { LiveFacts } from './live-facts.ts';
import type { LabelFact, ObjectFacts } from './object-facts.ts';
import { isSession, sessionFacts } from './session-facts.ts';

/** All that a decision depends on, beside the policies. */
export interface PolicyInput {
  readonly principal: Principal;
  readonly cluster: string;
  readonly request: KubeRequest;
  /** What the API server will do: of a delete its body decides, of other writes the query. */
  readonly dryRun: boolean;
  /** For create, update and patch; without them such a request is undecided. A review of one has `noFacts`. */
  readonly object: ObjectFacts | undefined;
  /**
   * The object that the request names, as it is now; null where there is none, or none is asked about. Without it a
   * request is undecided where a rule that may concern it looks at `context.live`.
   */
  readonly live?: LiveFacts | null | undefined;
  /** Of a write of one object: that it makes the object if there is none, as `mayCreate` says. Absent, it doesn't. */
  readonly mayCreate?: boolean | undefined;
  /**
   * What `heldLabels` says of the request. No rule looks at it, and the rest of an input doesn't say it; where it is absent
   * nobody knows.
   */
  readonly labels?: readonly LabelFact[] | undefined;
  /** Of a port-forward: the port that a connection is asked for. Absent while only the request's head is known. */
  readonly port?: number | undefined;
  readonly credential: {
    readonly kind: 'token' | 'certificate';
    /** RFC 3339. */
    readonly expiresAt: string;
  };
  /** An IP address without port or zone. */
  readonly sourceAddress: string;
  /** RFC 3339. */
  readonly time: string;
}

/** Whether a rule may look at the body of such a request, so that `PolicyInput.object` must be there. */
export function needsObject(request: KubeRequest): boolean {
  return ['create', 'update', 'patch'].includes(policyAction(request));
}

const withObject: readonly PolicyAction[] = [
  ...['create', 'get', 'update', 'patch', 'delete'],
  ...['log', 'exec', 'attach', 'portforward'],
] as PolicyAction[];

/** Whether such a request is about one object that has a name, so that `PolicyInput.live` may be there. */
export function namesObject(request: KubeRequest): boolean {
  return request.kind === 'resource' && request.name !== '' && withObject.includes(policyAction(request));
}

/**
 * All that policy must allow of an input: the `policyActionsOf` its request, and `create` where it may make its object and
 * that is not known to be there.
 */
export function inputActions({
  request,
  mayCreate,
  live,
}: PolicyInput): readonly [PolicyAction, ...(readonly PolicyAction[])] {
  const actions = policyActionsOf(request);
  return mayCreate && !live ? [...actions, 'create'] : actions;
}

/** What a label costs the engine beside a name. */
const LABEL_NAMES = 4;

/** How many names an input has, as long as they take the engine: it reads each of them for each question. */
export function namesIn({ request, object, live }: PolicyInput): number {
  const argv = isSession(request) ? sessionFacts(request).argv : undefined;
  return countOf(object) + countOf(live) + (Array.isArray(argv) ? argv.length : 0);
}

function countOf(facts: ObjectFacts | LiveFacts | null | undefined): number {
  let count = 0;
  for (const value of Object.values(facts ?? {})) {
    if (Array.isArray(value)) count += value.length * (typeof value[0] === 'object' ? LABEL_NAMES : 1);
  }
  return count;
}

/** Writes an input as the entities and the context of `policySchema`, for one of its `inputActions`. */
export function engineCall(input: PolicyInput, action: PolicyAction): EngineCall {
  const principal = principalEntity(input.principal);
  const resource = resourceEntity(input.cluster, input.request);
  return {
    principal: principal.uid,
    action: { type: 'Action', id: action },
    resource: resource.uid,
    context: contextOf(input),
    entities: [principal, resource],
  };
}

function principalEntity({ kind, id, owner, purpose, groups, issuer, subject, act }: Principal): Entity {
  const actors = act.map((actor) => ({ issuer: actor.issuer, subject: actor.subject }));
  const shared = { issuer, subject, actors };
  return {
    uid: { type: kind === 'agent' ? 'Agent' : 'Human', id },
    attrs: kind === 'agent' ? { ...shared, owner: { __entity: { type: 'Human', id: owner } }, purpose } : shared,
    parents: [...new Set(groups)].map((group) => ({ type: 'Group', id: group })),
  };
}

function resourceEntity(cluster: string, request: KubeRequest): Entity {
  const parents: EntityId[] = [{ type: 'Cluster', id: cluster }];
  if (request.kind === 'non-resource') {
    const { path, method } = request;
    return { uid: { type: 'Path', id: path }, attrs: { path, method }, parents };
  }
  const { group, version, namespace, resource, subresource, name } = request;
  if (namespace !== '') parents.push({ type: 'Namespace', id: namespace });
  return {
    uid: { type: 'Resource', id: `/${request.segments.map(encodeURIComponent).join('/')}` },
    attrs: { group, version, namespace, resource, subresource, name },
    parents,
  };
}

function contextOf(input: PolicyInput): Record<string, CedarValue> {
  const { request, credential, object } = input;
  const common = {
    credential: { kind: credential.kind, expiresAt: extension('datetime', credential.expiresAt) },
    source: extension('ip', plainAddress(input.sourceAddress)),
    time: extension('datetime', input.time),
  };
  if (request.kind === 'non-resource') return common;
  const { labelSelector, fieldSelector } = request;
  return {
    ...common,
    dryRun: input.dryRun,
    labelSelector,
    fieldSelector,
    ...(object && needsObject(request) ? { object: objectRecord(object) } : {}),
    ...(input.live && namesObject(request) ? { live: liveRecord(input.live) } : {}),
    ...(isSession(request) ? sessionFacts(request) : {}),
    ...(input.port === undefined || policyAction(request) !== 'portforward' ? {} : { port: input.port }),
  };
}

function objectRecord({ replicas, ...facts }: ObjectFacts): CedarValue {
  const record: Record<string, CedarValue> = { labelKeys: keysOf(facts.labels), selectorKeys: keysOf(facts.selectors) };
  for (const [name, value] of Object.entries(facts)) record[name] = copied(value);
  if (replicas !== undefined) record.replicas = replicas;
  return record;
}

function liveRecord(facts: LiveFacts): CedarValue {
  const record: Record<string, CedarValue> = { labelKeys: keysOf(facts.labels) };
  for (const [name, value] of Object.entries(facts)) record[name] = copied(value);
  return record;
}

function keysOf(labels: readonly LabelFact[]): string[] {
  return labels.map(({ key }) => key);
}

function copied(value: string | boolean | readonly string[] | readonly LabelFact[]): CedarValue {
  if (typeof value !== 'object') return value;
  return value.map((item) => (typeof item === 'string' ? item : { key: item.key, value: item.value }));
}

function extension(fn: string, arg: string): CedarValue {
  return { __extn: { fn, arg } };
}

/** An IPv4 address that a dual-stack socket wrote as IPv6 is the IPv4 address that rules name. */
function plainAddress(address: string): string {
  return /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1] ?? address;
}
