// SPDX-License-Identifier: Apache-2.0
import type { Lab } from '@countersign/lab';

/** One request that would do what it shouldn't. */
export interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly contentType?: string;
  readonly body?: object;
}

type Json = Readonly<Record<string, unknown>>;

const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
  json: 'application/json-patch+json',
} as const;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As a merge patch merges. */
function merged(live: unknown, change: unknown): unknown {
  if (!isObject(live) || !isObject(change)) return change;
  const whole: Record<string, unknown> = { ...live };
  for (const [key, value] of Object.entries(change)) whole[key] = merged(live[key], value);
  return whole;
}

/** A JSON patch that does what the merge patch does: one operation for each field below spec, metadata … */
function operations(live: Json, change: Json): object[] {
  return Object.entries(change).flatMap(([top, fields]) => {
    const before = live[top];
    if (!isObject(fields) || !isObject(before)) return [{ op: 'add', path: `/${top}`, value: merged(before, fields) }];
    return Object.entries(fields).map(([key, value]) => ({
      op: 'add',
      path: `/${top}/${key}`,
      value: merged(before[key], value),
    }));
  });
}

/** Built-in kinds may be replaced whatever their version. */
function unconditional(live: Json): object {
  return { ...live, metadata: { ...(live.metadata as object), resourceVersion: undefined } };
}

/** A change of an object that is there, in every way that it can be written; strategic patches are for built-in kinds. */
export async function everyChange(
  admin: Lab['admin'],
  path: string,
  change: Json,
  options: { readonly custom?: boolean } = {},
): Promise<readonly Attempt[]> {
  const { status, body: live } = await admin.request('GET', path);
  if (status !== 200) throw new TypeError(`${path}: ${status}`);
  const { apiVersion, kind } = live;
  const named = { apiVersion, kind, metadata: { name: live.metadata.name } };
  const patch = (contentType: string, body: object, query = ''): Attempt => ({
    method: 'PATCH',
    path: `${path}${query}`,
    contentType,
    body,
  });
  return [
    { method: 'PUT', path, body: merged(options.custom ? live : unconditional(live), change) as object },
    patch(patchTypes.merge, change),
    ...(options.custom ? [] : [patch(patchTypes.strategic, change)]),
    patch(patchTypes.apply, merged(named, change) as object, '?fieldManager=bot&force=true'),
    patch(patchTypes.json, operations(live, change)),
  ];
}

/** An object that is not there yet, in both ways that it can be made. */
export function everyCreate(
  collection: string,
  body: object & { readonly metadata: { readonly name: string } },
): readonly Attempt[] {
  const apply = {
    method: 'PATCH',
    path: `${collection}/${body.metadata.name}?fieldManager=bot`,
    contentType: patchTypes.apply,
    body,
  };
  return [{ method: 'POST', path: collection, body }, apply];
}

/** A resource as discovery has it, in one served version. */
export interface Served {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** "" for the resource itself. */
  readonly subresource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

const AGGREGATED = ';g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface DiscoveredResource {
  readonly resource: string;
  readonly scope: string;
  readonly responseKind?: { readonly kind: string };
  readonly verbs: readonly string[];
  readonly subresources?: readonly { subresource: string; responseKind?: { kind: string }; verbs: readonly string[] }[];
}

interface DiscoveredGroup {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly { readonly version: string; readonly resources?: readonly DiscoveredResource[] }[];
}

/** Everything that the API server serves, in every version. `list` gets aggregated discovery of a path. */
export async function everythingServed(
  list: (path: string, accept: string) => Promise<{ readonly items: readonly DiscoveredGroup[] }>,
): Promise<readonly Served[]> {
  const accept = `application/json${AGGREGATED}`;
  const groups = [...(await list('/api', accept)).items, ...(await list('/apis', accept)).items];
  return groups.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.flatMap((found) => servedOf({ group: metadata.name ?? '', version }, found)),
    ),
  );
}

function servedOf(place: { group: string; version: string }, found: DiscoveredResource): Served[] {
  const { resource, scope, responseKind, verbs, subresources = [] } = found;
  const common = { ...place, resource, namespaced: scope === 'Namespaced' };
  return [
    { ...common, subresource: '', kind: responseKind?.kind ?? '', verbs },
    ...subresources.map((one) => ({
      ...common,
      subresource: one.subresource,
      kind: one.responseKind?.kind ?? '',
      verbs: one.verbs,
    })),
  ];
}

/** Every request with one of these verbs to a resource, in namespace `namespace`, on the object `name`. */
export function everyVerb(
  served: Served,
  { verbs, namespace = 'demo', name = 'any' }: { verbs: readonly string[]; namespace?: string; name?: string },
): readonly Attempt[] {
  const { group, version, resource, subresource, kind, namespaced } = served;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const collection = `${root}${namespaced ? `/namespaces/${namespace}` : ''}/${resource}`;
  const object = subresource === '' ? `${collection}/${name}` : `${collection}/${name}/${subresource}`;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const own = ['scale', 'token', 'eviction', 'binding'].includes(subresource);
  const body = own ? { metadata: { name } } : { apiVersion, kind, metadata: { name } };
  const ways: Readonly<Record<string, readonly Attempt[]>> = {
    create: [{ method: 'POST', path: subresource === '' ? collection : object, body }],
    update: [{ method: 'PUT', path: object, body }],
    patch: [
      ...(['merge', 'strategic'] as const).map((type) => ({
        method: 'PATCH',
        path: object,
        contentType: patchTypes[type],
        body: {},
      })),
      { method: 'PATCH', path: `${object}?fieldManager=bot&force=true`, contentType: patchTypes.apply, body },
      { method: 'PATCH', path: object, contentType: patchTypes.json, body: [] },
    ],
    delete: [{ method: 'DELETE', path: object }],
    deletecollection: [
      { method: 'DELETE', path: collection },
      { method: 'DELETE', path: collection, body: { kind: 'DeleteOptions', apiVersion: 'v1' } },
    ],
  };
  return verbs.filter((verb) => served.verbs.includes(verb)).flatMap((verb) => ways[verb] ?? []);
}
