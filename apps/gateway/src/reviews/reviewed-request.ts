// SPDX-License-Identifier: Apache-2.0
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonAt,
  KubeError,
  type KubeRequest,
  parseRequest,
  type ResourceRequest,
  serializeTarget,
} from '@countersign/kube';

const methodOf = new Map([
  ['get', 'GET'],
  ['list', 'GET'],
  ['watch', 'GET'],
  ['create', 'POST'],
  ['update', 'PUT'],
  ['patch', 'PATCH'],
  ['delete', 'DELETE'],
  ['deletecollection', 'DELETE'],
]);

/** Verbs whose path ends in an object's name. */
const onObjects = new Set(['get', 'update', 'patch', 'delete']);

/** Stands for the name in the path of a review that leaves it open. */
const ANY = '-';

function text(value: JsonValue | undefined, name: string): string {
  const found = jsonAt(value, name);
  return typeof found === 'string' ? found : '';
}

function pathOf(attributes: JsonObject): readonly string[] {
  const [group, version, namespace, resource, subresource, name] = [
    'group',
    'version',
    'namespace',
    'resource',
    'subresource',
    'name',
  ].map((part) => text(attributes, part)) as [string, string, string, string, string, string];
  const prefix = group === '' ? ['api', version || 'v1'] : ['apis', group, version || 'v1'];
  // A namespace itself lies at the root, whatever namespace its review names.
  const scope = namespace === '' || (group === '' && resource === 'namespaces') ? [] : ['namespaces', namespace];
  const isOnObject = onObjects.has(text(attributes, 'verb')) || subresource !== '';
  return [...prefix, ...scope, resource, ...(isOnObject ? [name || ANY] : []), ...(subresource ? [subresource] : [])];
}

function queryOf(attributes: JsonObject): readonly { readonly name: string; readonly value: string }[] {
  const [verb, name] = [text(attributes, 'verb'), text(attributes, 'name')];
  if (verb !== 'list' && verb !== 'watch') return [];
  return [
    ...(verb === 'watch' ? [{ name: 'watch', value: 'true' }] : []),
    ...(name === '' ? [] : [{ name: 'fieldSelector', value: `metadata.name=${name}` }]),
  ];
}

function resourceUnderReview(attributes: JsonObject): ResourceRequest | undefined {
  const method = methodOf.get(text(attributes, 'verb'));
  const segments = pathOf(attributes);
  if (method === undefined || text(attributes, 'resource') === '' || segments.includes('*')) return undefined;
  const request = parseRequest(method, serializeTarget({ segments, query: queryOf(attributes) }));
  if (request.kind !== 'resource') return undefined;
  return request.name === ANY ? { ...request, name: '', namespace: text(attributes, 'namespace') } : request;
}

function pathUnderReview(attributes: JsonObject): KubeRequest | undefined {
  const path = text(attributes, 'path');
  if (text(attributes, 'verb') !== 'get' || path.includes('*')) return undefined;
  const request = parseRequest('GET', path);
  return request.kind === 'non-resource' ? request : undefined;
}

/**
 * The request that the `spec` of a SelfSubjectAccessReview asks about, read by the parser that reads requests: no name
 * means any name, and then the request has none. Undefined where there can be no such request: wildcards, unknown verbs.
 */
export function reviewedRequest(spec: JsonValue | undefined): KubeRequest | undefined {
  const resource = jsonAt(spec, 'resourceAttributes');
  const path = jsonAt(spec, 'nonResourceAttributes');
  try {
    if (isJsonObject(resource)) return resourceUnderReview(resource);
    return isJsonObject(path) ? pathUnderReview(path) : undefined;
  } catch (error) {
    if (error instanceof KubeError) return undefined;
    throw error;
  }
}
