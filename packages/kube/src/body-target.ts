// SPDX-License-Identifier: Apache-2.0
import type { JsonBodyFormat } from './content-type.ts';
import { KubeError } from './error.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonAt } from './json.ts';
import type { ResourceRequest } from './request.ts';

/** The object that a write is about, from path and body together. Absent parts are "". */
export interface BodyTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of a create whose name the API server makes. */
  readonly generateName: string;
}

/** Subresources whose body is another kind than their parent: that kind's API groups. */
const ownKinds: ReadonlyMap<string, { readonly groups: readonly string[]; readonly kind: string }> = new Map([
  ['scale', { groups: ['autoscaling', 'apps', 'extensions'], kind: 'Scale' }],
  ['eviction', { groups: ['policy'], kind: 'Eviction' }],
  ['binding', { groups: [''], kind: 'Binding' }],
  ['token', { groups: ['authentication.k8s.io'], kind: 'TokenRequest' }],
]);

/**
 * Checks that the body of a create, update or patch is about what the path says, so that neither can name one object and
 * mean another, and returns the target. apiVersion, namespace and name may be absent from the body; then the path's count.
 * A JSON patch is a list of operations and names nothing. For deletes see `parseDeleteOptions`.
 * @throws KubeError `ERR_KUBE_BODY_TARGET`
 * @see k8s.io/apiserver pkg/endpoints/handlers/{create,update,patch}.go
 */
export function checkBodyTarget(request: ResourceRequest, format: JsonBodyFormat, body: JsonValue): BodyTarget {
  if (format === 'json-patch') {
    if (!isJsonArray(body)) throw mismatch('a JSON patch must be an array');
    return targetOf(request, new Map());
  }
  if (!isJsonObject(body)) throw mismatch('the body must be an object');
  return targetOf(request, body);
}

function targetOf(request: ResourceRequest, body: JsonObject): BodyTarget {
  const metadata = body.get('metadata') ?? null;
  if (metadata !== null && !isJsonObject(metadata)) throw mismatch('metadata must be an object');
  const type = typeOf(request, body);
  const name = text(body, 'metadata', 'name');
  assertSame(text(body, 'metadata', 'namespace'), request.namespace, 'metadata.namespace');
  assertSame(name, request.name, 'metadata.name');
  return {
    ...type,
    namespace: request.namespace,
    name: request.name === '' ? name : request.name,
    generateName: request.name === '' && name === '' ? text(body, 'metadata', 'generateName') : '',
  };
}

function typeOf(request: ResourceRequest, body: JsonObject): Pick<BodyTarget, 'apiVersion' | 'kind'> {
  const apiVersion = text(body, 'apiVersion');
  const kind = text(body, 'kind');
  const own = ownKinds.get(request.subresource);
  if (own === undefined) {
    const path = request.group === '' ? request.version : `${request.group}/${request.version}`;
    assertSame(apiVersion, path, 'apiVersion');
    return { apiVersion: path, kind };
  }
  if (apiVersion !== '' && !own.groups.includes(groupOf(apiVersion)))
    throw mismatch("its apiVersion is not the path's");
  assertSame(kind, own.kind, 'kind');
  return { apiVersion, kind: own.kind };
}

/** Both sides may be silent; cluster-scoped paths have no namespace, and the API server drops the body's there. */
function assertSame(fromBody: string, fromPath: string, what: string): void {
  if (fromBody !== '' && fromPath !== '' && fromBody !== fromPath) throw mismatch(`its ${what} is not the path's`);
}

function text(body: JsonObject, ...path: readonly string[]): string {
  const value = jsonAt(body, ...path) ?? '';
  if (typeof value !== 'string') throw mismatch(`its ${path.join('.')} must be a string`);
  return value;
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

function mismatch(what: string): KubeError {
  return new KubeError('ERR_KUBE_BODY_TARGET', `the body doesn't fit the path: ${what}`);
}
