// SPDX-License-Identifier: Apache-2.0
import { type Endpoint, nonResourceEndpoint, resourceEndpoint } from './endpoint.ts';
import { KubeError } from './error.ts';
import { nameFromFieldSelector } from './field-selector.ts';
import { checkParameters } from './parameters.ts';
import { queryBoolean, queryValue } from './query.ts';
import type { KubeRequest, Method, NonResourceRequest, QueryParameter, ResourceRequest, Verb } from './request.ts';
import { type ResourcePath, readResourcePath } from './resource-path.ts';
import { type SplitTarget, splitTarget } from './split-target.ts';

const methods: ReadonlySet<string> = new Set<Method>(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Subresources that open a connection: the API server calls their GET "get", though it does what their POST does. */
const connecting = new Set(['exec', 'attach', 'portforward', 'proxy']);

const selecting: ReadonlySet<Verb> = new Set(['list', 'watch', 'deletecollection']);

/**
 * Reads a method and a raw request target, `/api/v1/namespaces/a/pods?watch=true`, as the API server does, and refuses
 * what another parser could read differently. Requests without a lane parse too, with their query unchecked: see `laneOf`.
 * A GET of `exec`, `attach`, `portforward` or `proxy` has the verb `create`.
 * @throws KubeError `ERR_KUBE_METHOD`, `ERR_KUBE_TARGET_FORM`, `ERR_KUBE_TARGET_TOO_LONG`, `ERR_KUBE_PATH_NOT_CANONICAL`,
 * `ERR_KUBE_SPECIAL_VERB`, `ERR_KUBE_QUERY`, `ERR_KUBE_UNKNOWN_PARAMETER`, `ERR_KUBE_DUPLICATE_PARAMETER`, `ERR_KUBE_SELECTOR`
 * @see k8s.io/apiserver pkg/endpoints/request/requestinfo.go
 */
export function parseRequest(method: string, rawTarget: string): KubeRequest {
  if (!isMethod(method)) {
    throw new KubeError('ERR_KUBE_METHOD', 'the method must be GET, POST, PUT, PATCH or DELETE');
  }
  const target = splitTarget(rawTarget);
  const path = readResourcePath(target.segments);
  return path === undefined ? nonResourceRequest(method, target) : resourceRequest(method, target, path);
}

function isMethod(method: string): method is Method {
  return methods.has(method);
}

function nonResourceRequest(method: Method, target: SplitTarget): NonResourceRequest {
  const { segments, query } = target;
  const request: NonResourceRequest = {
    kind: 'non-resource',
    method,
    segments,
    query,
    verb: method.toLowerCase(),
    path: `/${segments.join('/')}`,
  };
  checkQuery(query, nonResourceEndpoint(request));
  return request;
}

function resourceRequest(method: Method, target: SplitTarget, path: ResourcePath): ResourceRequest {
  if (target.trailingSlash) {
    throw new KubeError(
      'ERR_KUBE_PATH_NOT_CANONICAL',
      'the path of a resource must not end in "/": an empty name would mean the whole collection',
    );
  }
  const { segments, query } = target;
  const { group, version, namespace, parts } = path;
  const [resource, name = '', subresource = ''] = parts;
  const verb = verbOf(method, name, subresource, query);
  const known = { verb, group, version, namespace, resource, subresource, name };
  checkQuery(query, resourceEndpoint(known, parts.length));
  const fieldSelector = selecting.has(verb) ? (queryValue(query, 'fieldSelector') ?? '') : '';
  return {
    kind: 'resource',
    method,
    segments,
    query,
    ...known,
    name: verb === 'list' || verb === 'watch' ? nameFromFieldSelector(fieldSelector) : name,
    labelSelector: selecting.has(verb) ? (queryValue(query, 'labelSelector') ?? '') : '',
    fieldSelector,
    dryRun: queryValue(query, 'dryRun') !== undefined,
  };
}

function verbOf(method: Method, name: string, subresource: string, query: readonly QueryParameter[]): Verb {
  switch (method) {
    case 'GET':
      if (name === '') return queryBoolean(query, 'watch') ? 'watch' : 'list';
      return connecting.has(subresource) ? 'create' : 'get';
    case 'DELETE':
      return name === '' ? 'deletecollection' : 'delete';
    case 'POST':
      assertNamed(subresource !== '' || name === '', 'POST goes to a collection or a subresource, not to an object');
      return 'create';
    case 'PUT':
      assertNamed(name !== '', 'PUT needs the name of an object in the path');
      return 'update';
    case 'PATCH':
      assertNamed(name !== '', 'PATCH needs the name of an object in the path');
      return 'patch';
  }
}

function assertNamed(condition: boolean, message: string): void {
  if (!condition) throw new KubeError('ERR_KUBE_METHOD', message);
}

function checkQuery(query: readonly QueryParameter[], endpoint: Endpoint | undefined): void {
  if (endpoint !== undefined) checkParameters(query, endpoint.parameters);
}
