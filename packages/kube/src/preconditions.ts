// SPDX-License-Identifier: Apache-2.0
import type { JsonBodyFormat } from './content-type.ts';
import { parseDeleteOptions } from './delete-options.ts';
import { isJsonArray, isJsonObject, JsonNumber, type JsonObject, type JsonValue } from './json.ts';
import { withQueryValue } from './query.ts';
import type { ResourceRequest } from './request.ts';

/** An object as somebody has seen it. */
export interface SeenObject {
  readonly uid: string;
  /** Absent where any version of it will do. */
  readonly resourceVersion?: string;
}

/** A write: its head, and its body, which a delete may do without. */
export interface Write {
  readonly request: ResourceRequest;
  readonly format: JsonBodyFormat;
  readonly value: JsonValue | undefined;
}

/** Query parameters of a delete that its body has members for: where there is a body, it alone counts. */
const removalParameters = new Set([
  'dryRun',
  'gracePeriodSeconds',
  'propagationPolicy',
  'orphanDependents',
  'uid',
  'resourceVersion',
]);

/**
 * The same write, as the API server carries it out on the object that was seen and on no other, nor, where one was seen, on another version of it:
 * preconditions of a delete or an eviction; `metadata.uid` and `metadata.resourceVersion` in what is put, merged or applied,
 * and in what the last operations of a JSON patch set. It answers 409 where they don't hold.
 * @throws KubeError `ERR_KUBE_DELETE_OPTIONS`
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#updates-to-existing-resources
 */
export function addPreconditions({ request, format, value }: Write, { uid, resourceVersion }: SeenObject): Write {
  const seen = { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  if (request.verb === 'delete') {
    const options = parseDeleteOptions(request, value);
    return deleteInBody(request, { ...options, ...seen });
  }
  if (request.subresource === 'eviction') {
    const options = new Map(memberObject(value, 'deleteOptions')).set('preconditions', membersOf(seen));
    return { request, format, value: new Map(objectOf(value)).set('deleteOptions', options) };
  }
  if (format === 'json-patch') {
    // Not `test`, which is answered with 422; and last, so that no other operation has the last word.
    const operations = Object.entries(seen).map(([name, text]) => settingOf(`/metadata/${name}`, text));
    return { request, format, value: [...(isJsonArray(value) ? value : []), ...operations] };
  }
  const own = memberObject(value, 'metadata');
  // Who names a uid means that object: the API server answers 409 where it is another, or gone.
  const named = own.get('uid');
  const isNamed = typeof named === 'string' && named !== '';
  const metadata = new Map([...own, ...membersOf(isNamed ? { ...seen, uid: named } : seen)]);
  return { request, format, value: new Map(objectOf(value)).set('metadata', metadata) };
}

/** The object, and the version of it, that a write itself names: absent is any. @throws KubeError `ERR_KUBE_DELETE_OPTIONS` */
export function namedObject(write: Write): Partial<SeenObject> {
  const { uid, resourceVersion } = membersNaming(write);
  const isNamed = (named: JsonValue | undefined): named is string => typeof named === 'string' && named !== '';
  return { ...(isNamed(uid) ? { uid } : {}), ...(isNamed(resourceVersion) ? { resourceVersion } : {}) };
}

function membersNaming({ request, format, value }: Write): Partial<Record<keyof SeenObject, JsonValue | undefined>> {
  if (request.verb === 'delete') return parseDeleteOptions(request, value);
  if (format === 'json-patch') {
    const operations = isJsonArray(value) ? value.map(objectOf) : [];
    const last = (path: string) => operations.findLast((one) => one.get('op') !== 'test' && one.get('path') === path);
    const [uid, resourceVersion] = ['/metadata/uid', '/metadata/resourceVersion'].map((path) =>
      last(path)?.get('value'),
    );
    return { uid, resourceVersion };
  }
  const isEviction = request.subresource === 'eviction';
  const named = isEviction
    ? memberObject(memberObject(value, 'deleteOptions'), 'preconditions')
    : memberObject(value, 'metadata');
  return { uid: named.get('uid'), resourceVersion: named.get('resourceVersion') };
}

/** The same write as one that leaves nothing behind, for subresources that honour that: see `honoursDryRun`. */
export function asDryRun({ request, format, value }: Write): Write {
  if (request.verb === 'delete' || request.verb === 'deletecollection') {
    const dry = deleteInBody(request, { ...parseDeleteOptions(request, value), dryRun: true });
    // Its body counts; the query says the same to whoever reads the audit log.
    return { ...dry, request: withDryRun(dry.request) };
  }
  return { request: withDryRun(request), format, value };
}

function withDryRun(request: ResourceRequest): ResourceRequest {
  return { ...request, query: withQueryValue(request.query, 'dryRun', 'All'), dryRun: true };
}

/** A delete whose options all stand in its body. */
function deleteInBody(request: ResourceRequest, options: ReturnType<typeof parseDeleteOptions>): Write {
  const { dryRun, gracePeriodSeconds, propagationPolicy, orphanDependents, uid, resourceVersion } = options;
  const seen = { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  const members: readonly (readonly [string, JsonValue | undefined])[] = [
    ['kind', 'DeleteOptions'],
    ['apiVersion', 'v1'],
    ['gracePeriodSeconds', gracePeriodSeconds === undefined ? undefined : new JsonNumber(String(gracePeriodSeconds))],
    ['propagationPolicy', propagationPolicy],
    ['orphanDependents', orphanDependents],
    ['preconditions', Object.keys(seen).length === 0 ? undefined : membersOf(seen)],
    ['dryRun', dryRun ? ['All'] : undefined],
  ];
  const value = new Map(members.flatMap(([name, member]) => (member === undefined ? [] : [[name, member] as const])));
  const query = request.query.filter(({ name }) => !removalParameters.has(name));
  return { request: { ...request, query }, format: 'json', value };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : new Map();
}

function memberObject(value: JsonValue | undefined, name: string): JsonObject {
  return objectOf(objectOf(value).get(name));
}

function membersOf(members: Readonly<Record<string, string>>): JsonObject {
  return new Map(Object.entries(members));
}

function settingOf(path: string, value: string): JsonObject {
  return new Map([
    ['op', 'add'],
    ['path', path],
    ['value', value],
  ]);
}
