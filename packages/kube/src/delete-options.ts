// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';
import { isJsonArray, isJsonObject, JsonNumber, type JsonObject, type JsonValue } from './json.ts';
import { queryBoolean, queryValue } from './query.ts';
import type { ResourceRequest } from './request.ts';

/** How a delete is done, from wherever the API server reads it. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  /** Seconds. */
  readonly gracePeriodSeconds: number | undefined;
  readonly propagationPolicy: string | undefined;
  readonly orphanDependents: boolean | undefined;
  /** Preconditions: the delete fails unless the object has this uid, this resourceVersion. */
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

const members = new Set([
  'apiVersion',
  'kind',
  'dryRun',
  'gracePeriodSeconds',
  'propagationPolicy',
  'orphanDependents',
  'preconditions',
]);
const preconditions = new Set(['uid', 'resourceVersion']);
const policies = new Set(['Orphan', 'Background', 'Foreground']);

/**
 * Reads the options of a delete or deletecollection. A body wins over the query, which the API server then ignores; so
 * an option in the query that the body doesn't repeat is refused instead of silently having no effect. Unknown members
 * are refused too. `body` is undefined for an empty body.
 * @throws KubeError `ERR_KUBE_DELETE_OPTIONS`
 * @see k8s.io/apiserver pkg/endpoints/handlers/delete.go
 */
export function parseDeleteOptions(request: ResourceRequest, body: JsonValue | undefined): DeleteOptions {
  const fromQuery = readQuery(request);
  if (body === undefined) return fromQuery;
  const fromBody = readBody(request, body);
  for (const name of Object.keys(fromQuery) as (keyof DeleteOptions)[]) {
    const asked = fromQuery[name];
    if (asked !== undefined && asked !== false && asked !== fromBody[name]) {
      throw refused(`${name} stands in the query, but a delete with a body is read from the body alone: put it there`);
    }
  }
  return fromBody;
}

function readQuery({ query, verb }: ResourceRequest): DeleteOptions {
  const seconds = queryValue(query, 'gracePeriodSeconds');
  const orphan = queryValue(query, 'orphanDependents');
  return {
    dryRun: queryValue(query, 'dryRun') === 'All',
    gracePeriodSeconds: seconds === undefined ? undefined : Number(seconds),
    propagationPolicy: queryValue(query, 'propagationPolicy'),
    orphanDependents: orphan === undefined ? undefined : queryBoolean(query, 'orphanDependents'),
    uid: queryValue(query, 'uid'),
    resourceVersion: verb === 'delete' ? queryValue(query, 'resourceVersion') : undefined,
  };
}

function readBody(request: ResourceRequest, body: JsonValue): DeleteOptions {
  const options = present(body, members, 'the body');
  const condition = present(options.get('preconditions') ?? new Map(), preconditions, 'preconditions');
  const versions = ['', 'v1', 'meta.k8s.io/v1', `${request.group}/${request.version}`];
  if (!['', 'DeleteOptions'].includes(text(options, 'kind') ?? '')) throw refused('kind must be DeleteOptions');
  if (!versions.includes(text(options, 'apiVersion') ?? '')) throw refused('apiVersion must be v1 or meta.k8s.io/v1');
  const propagationPolicy = text(options, 'propagationPolicy');
  if (propagationPolicy !== undefined && !policies.has(propagationPolicy)) {
    throw refused('propagationPolicy must be Orphan, Background or Foreground');
  }
  return {
    dryRun: readDryRun(options.get('dryRun')),
    gracePeriodSeconds: readSeconds(options.get('gracePeriodSeconds')),
    propagationPolicy,
    orphanDependents: readBoolean(options.get('orphanDependents')),
    uid: text(condition, 'uid'),
    resourceVersion: text(condition, 'resourceVersion'),
  };
}

/** The members of an object without the nulls, which the API server reads as absent. */
function present(value: JsonValue, known: ReadonlySet<string>, what: string): JsonObject {
  if (!isJsonObject(value)) throw refused(`${what} must be an object`);
  const set = new Map([...value].filter(([, member]) => member !== null));
  for (const name of set.keys()) {
    if (!known.has(name)) throw refused(`${what} may only have ${[...known].join(', ')}`);
  }
  return set;
}

function text(object: JsonObject, name: string): string | undefined {
  const value = object.get(name);
  if (value !== undefined && typeof value !== 'string') throw refused(`${name} must be a string`);
  return value;
}

function readDryRun(value: JsonValue | undefined): boolean {
  if (value === undefined) return false;
  if (!isJsonArray(value) || value.some((item) => item !== 'All')) throw refused('dryRun must be ["All"]');
  return value.length > 0;
}

function readSeconds(value: JsonValue | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = value instanceof JsonNumber ? value.toSafeInteger() : undefined;
  if (seconds === undefined) throw refused('gracePeriodSeconds must be a whole number');
  return seconds;
}

function readBoolean(value: JsonValue | undefined): boolean | undefined {
  if (value !== undefined && typeof value !== 'boolean') throw refused('orphanDependents must be true or false');
  return value;
}

function refused(message: string): KubeError {
  return new KubeError('ERR_KUBE_DELETE_OPTIONS', `delete options: ${message}`);
}
