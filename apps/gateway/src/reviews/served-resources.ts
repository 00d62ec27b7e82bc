// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, type JsonValue, jsonAt, KubeError, parseJson } from '@countersign/kube';
import type { Admitted } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { askAsAgent, type QuestionParts } from '../own-question.ts';

/** Aggregated discovery. @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery */
const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** A resource or subresource that the cluster serves. */
export interface ServedResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** "" for the resource itself. */
  readonly subresource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** What a cluster serves, in the preferred version of each group. */
export interface ServedApis {
  readonly resources: readonly ServedResource[];
  /** Paths of groups and versions: `/api/v1`, `/apis/apps`, `/apis/apps/v1`. */
  readonly paths: readonly string[];
}

const items = (value: JsonValue | undefined, name: string): readonly JsonValue[] => {
  const found = jsonAt(value, name);
  return isJsonArray(found) ? found : [];
};
const text = (value: JsonValue | undefined, ...path: readonly string[]): string => {
  const found = jsonAt(value, ...path);
  return typeof found === 'string' ? found : '';
};
const texts = (value: JsonValue, name: string): string[] =>
  items(value, name).filter((item) => typeof item === 'string');

/** Asks the cluster, as the agent, what it serves. @throws Fault `ERR_POLICY_UNAVAILABLE` if it doesn't say */
export async function servedApis(exchange: Admitted, parts: QuestionParts): Promise<ServedApis> {
  const groups = [...(await groupsAt('/api', exchange, parts)), ...(await groupsAt('/apis', exchange, parts))];
  const resources = new Map<string, ServedResource>();
  const paths = new Set<string>();
  for (const group of groups) {
    const name = text(group, 'metadata', 'name');
    if (name !== '') paths.add(`/apis/${name}`);
    for (const version of items(group, 'versions')) {
      paths.add(name === '' ? `/api/${text(version, 'version')}` : `/apis/${name}/${text(version, 'version')}`);
      for (const one of resourcesOf(name, version)) {
        const key = `${one.group}/${one.resource}/${one.subresource}`;
        if (!resources.has(key)) resources.set(key, one);
      }
    }
  }
  return { resources: [...resources.values()], paths: [...paths] };
}

function resourcesOf(group: string, entry: JsonValue): ServedResource[] {
  const version = text(entry, 'version');
  return items(entry, 'resources').flatMap((found) => {
    const resource = text(found, 'resource');
    const common = { group, version, resource, namespaced: text(found, 'scope') === 'Namespaced' };
    return [
      { ...common, subresource: '', verbs: texts(found, 'verbs') },
      ...items(found, 'subresources').map((sub) => ({
        ...common,
        subresource: text(sub, 'subresource'),
        verbs: texts(sub, 'verbs'),
      })),
    ];
  });
}

async function groupsAt(target: string, exchange: Admitted, parts: QuestionParts): Promise<readonly JsonValue[]> {
  const { status, bytes } = await askAsAgent(exchange, { purpose: 'discovery', target, accept: ACCEPT }, parts);
  if (status !== 200) throw unknown(`the cluster answered ${status} for what it serves`);
  try {
    return items(parseJson(bytes, { maxBytes: bytes.length }), 'items');
  } catch (cause) {
    if (!(cause instanceof KubeError)) throw cause;
    throw unknown('what the cluster serves could not be read');
  }
}

function unknown(what: string): Fault {
  return new Fault('ERR_POLICY_UNAVAILABLE', what);
}
