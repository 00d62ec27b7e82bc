// SPDX-License-Identifier: Apache-2.0
import { type ParameterSet, parameterSets } from './parameters.ts';
import type { Lane, NonResourceRequest, ResourceRequest } from './request.ts';

/** What the gateway offers for a request: its lane, and the query parameters that it may carry there. */
export interface Endpoint {
  readonly lane: Lane;
  readonly parameters: ParameterSet;
}

type ResourceParts = Pick<
  ResourceRequest,
  'verb' | 'group' | 'version' | 'namespace' | 'resource' | 'subresource' | 'name'
>;

/** The endpoints of one subresource, by verb; `parents` names the resources that have it, `group/resource`. */
interface Subresource {
  readonly parents?: readonly string[];
  readonly verbs: Readonly<Partial<Record<ResourceRequest['verb'], Endpoint>>>;
}

const read: Endpoint = { lane: 'read', parameters: parameterSets.get };
const create: Endpoint = { lane: 'write', parameters: parameterSets.create };
const update: Endpoint = { lane: 'write', parameters: parameterSets.update };
const patch: Endpoint = { lane: 'write', parameters: parameterSets.patch };
const editable = { get: read, update, patch };

const named: Subresource['verbs'] = {
  ...editable,
  delete: { lane: 'write', parameters: parameterSets.delete },
};

const collection: Subresource['verbs'] = {
  list: { lane: 'read', parameters: parameterSets.list },
  watch: { lane: 'watch', parameters: parameterSets.list },
  create,
  deletecollection: { lane: 'write', parameters: parameterSets.deletecollection },
};

const subresources = new Map<string, Subresource>([
  ['status', { verbs: editable }],
  ['scale', { verbs: editable }],
  ['log', { parents: ['/pods'], verbs: { get: { lane: 'logs', parameters: parameterSets.logs } } }],
  ['exec', { parents: ['/pods'], verbs: { create: { lane: 'exec', parameters: parameterSets.exec } } }],
  ['attach', { parents: ['/pods'], verbs: { create: { lane: 'exec', parameters: parameterSets.attach } } }],
  [
    'portforward',
    { parents: ['/pods'], verbs: { create: { lane: 'portforward', parameters: parameterSets.portforward } } },
  ],
  ['ephemeralcontainers', { parents: ['/pods'], verbs: editable }],
  ['resize', { parents: ['/pods'], verbs: editable }],
  ['eviction', { parents: ['/pods'], verbs: { create } }],
  ['binding', { parents: ['/pods'], verbs: { create } }],
  ['token', { parents: ['/serviceaccounts'], verbs: { create } }],
  ['finalize', { parents: ['/namespaces'], verbs: { update } }],
  ['approval', { parents: ['certificates.k8s.io/certificatesigningrequests'], verbs: editable }],
]);

const reviews = new Set([
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
  'authentication.k8s.io/selfsubjectreviews',
]);

/**
 * The endpoint of a resource request, or undefined if there is none: proxies, and whatever this table doesn't name.
 * `depth` counts the path's parts from the resource on: 1 for a collection, 2 for an object, 3 for a subresource.
 */
export function resourceEndpoint(request: ResourceParts, depth: number): Endpoint | undefined {
  const parent = `${request.group}/${request.resource}`;
  if (depth > 3) return undefined;
  if (reviews.has(parent)) return reviewEndpoint(request);
  if (request.subresource === '') return (depth === 1 ? collection : named)[request.verb];
  const subresource = subresources.get(request.subresource);
  if (subresource?.parents !== undefined && !subresource.parents.includes(parent)) return undefined;
  return subresource?.verbs[request.verb];
}

function reviewEndpoint(request: ResourceParts): Endpoint | undefined {
  const whole = request.namespace === '' && request.name === '' && request.verb === 'create';
  return whole ? { lane: 'review', parameters: parameterSets.create } : undefined;
}

const plainPaths = new Map<string, Endpoint>([
  ...['/version', '/api', '/apis'].map((path) => [path, discovery(parameterSets.discovery)] as const),
  ...['/livez', '/readyz', '/healthz'].map((path) => [path, discovery(parameterSets.health)] as const),
  ...['/openapi/v2', '/openapi/v3'].map((path) => [path, discovery(parameterSets.openapi)] as const),
]);

function discovery(parameters: ParameterSet): Endpoint {
  return { lane: 'discovery', parameters };
}

/** The endpoint of a non-resource request, or undefined if there is none: metrics, profiles, node logs and so on. */
export function nonResourceEndpoint(
  request: Pick<NonResourceRequest, 'method' | 'path' | 'segments'>,
): Endpoint | undefined {
  if (request.method !== 'GET') return undefined;
  const { length, 0: first, 1: second } = request.segments;
  if (first === 'openapi' && second === 'v3') return discovery(parameterSets.openapi);
  const groupless = first === 'api' && length === 2;
  const grouped = first === 'apis' && (length === 2 || length === 3);
  return groupless || grouped ? discovery(parameterSets.discovery) : plainPaths.get(request.path);
}
