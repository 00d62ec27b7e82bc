// SPDX-License-Identifier: Apache-2.0
import type { KubeRequest } from '@countersign/kube';
import { isBuiltIn } from './built-in.ts';
import { builtInObject, configMapObject, customObject, definitionObject } from './object-table.ts';
import { type PathNode, plain, record, unknownField, withMembers } from './path-node.ts';
import { secretColumns, secretObject } from './secret-table.ts';

/** What is masked in the answer to one request. Chosen by its path, never by what the answer says of itself. */
export interface MaskingPlan {
  /** `object-or-list`: one document (object, list, Table, Status); `watch`: events back to back. */
  readonly shape: 'object-or-list' | 'watch';
  /** Whether the answer is a list, or a Table of one. */
  readonly isList: boolean;
  /** Whether the request could write: its answer gets tokens that say nothing about values (dry runs too). */
  readonly isWriteAnswer: boolean;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string;
  readonly rules: RuleTable;
}

/** One set of path tables. */
export interface RuleTable {
  /** Rules for one document that is no watch event, and for JSON inside its strings. */
  readonly object: PathNode;
  readonly watchEvent: PathNode;
  /** Names of Table columns that show no values. */
  readonly harmlessColumns: readonly string[];
  /**
   * Whether metadata and Tables are asked for with their whole objects: only those say what an annotation repeats, or what
   * a cell shows, which in custom resources may be any field. Most built-in objects hold no values that are masked by name.
   */
  readonly needsObjects: boolean;
  /** Whether the API server gives Tables of them whenever it is asked to, as one that is aggregated may not. */
  readonly hasTables: boolean;
  /** Whether all that the tables don't name is masked, and every text in which a masked value stands. */
  readonly isStrict: boolean;
}

function tableOf(object: PathNode, more: Partial<RuleTable> = {}): RuleTable {
  const watchEvent = withMembers(record({ others: unknownField }), { type: plain, object });
  return { object, watchEvent, harmlessColumns: [], needsObjects: false, hasTables: true, isStrict: false, ...more };
}

const custom = tableOf(customObject, { needsObjects: true, hasTables: false });
const builtIn = tableOf(builtInObject);
const withValues = tableOf(builtInObject, { needsObjects: true });

/** Built-in kinds that hold values which are masked by the name beside them: templates of pods, and what drivers understand. */
const WITH_VALUES = [
  ...['pods', 'podtemplates', 'replicationcontrollers', 'persistentvolumes'].map((name) => `/${name}`),
  ...['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'].map((name) => `apps/${name}`),
  ...['cronjobs', 'jobs'].map((name) => `batch/${name}`),
  ...['deviceclasses', 'resourceclaims', 'resourceclaimtemplates'].map((name) => `resource.k8s.io/${name}`),
  ...['storageclasses', 'volumeattachments', 'volumeattributesclasses'].map((name) => `storage.k8s.io/${name}`),
];

const TABLES: ReadonlyMap<string, RuleTable> = new Map([
  ['/secrets', tableOf(secretObject, { harmlessColumns: secretColumns, needsObjects: true, isStrict: true })],
  ['/configmaps', tableOf(configMapObject, { needsObjects: true })],
  ...WITH_VALUES.map((name) => [name, withValues] as const),
  ['apiextensions.k8s.io/customresourcedefinitions', tableOf(definitionObject)],
]);

/** What is answered with a list. */
const LISTS: ReadonlySet<string> = new Set(['list', 'deletecollection']);

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/**
 * What to mask in the answer to a request, whatever its status; `undefined` for what is about no resource: discovery,
 * OpenAPI, version, health. All versions and subresources of a resource share its rules.
 */
export function maskingFor(request: KubeRequest): MaskingPlan | undefined {
  if (request.kind !== 'resource') return undefined;
  const { group, version, resource, namespace, verb } = request;
  const rules = TABLES.get(`${group}/${resource}`) ?? (isBuiltIn(group, resource) ? builtIn : custom);
  const shape = verb === 'watch' ? 'watch' : 'object-or-list';
  const isWriteAnswer = !READS.has(verb);
  return { shape, isList: LISTS.has(verb), isWriteAnswer, group, version, resource, namespace, rules };
}
