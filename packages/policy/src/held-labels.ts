// SPDX-License-Identifier: Apache-2.0
import {
  isJsonArray,
  isJsonObject,
  type JsonBodyFormat,
  type JsonObject,
  type JsonValue,
  jsonAt,
  type KubeRequest,
  parseLabelSelector,
} from '@countersign/kube';
import { policyAction } from './action-scope.ts';
import type { LiveFacts } from './live-facts.ts';
import type { LabelFact } from './object-facts.ts';
import { pointerSegments } from './patch-documents.ts';
import { namesObject, needsObject } from './policy-input.ts';

/**
 * What a write does to the labels of its object, whatever those are: leaves them, may change any, leaves the object with
 * these at least, or sets some and takes some away. Plain data, small beside the body that it was read from.
 */
export type LabelChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'any' }
  | { readonly kind: 'all'; readonly labels: readonly LabelFact[] }
  | { readonly kind: 'some'; readonly set: readonly LabelFact[]; readonly taken: readonly string[] };

const NONE: LabelChange = { kind: 'none' };
const ANY: LabelChange = { kind: 'any' };
/** More are no labels that anybody set on purpose. */
const MAX_LABELS = 500;
/** Their bodies are other objects, whose labels are nobody's. */
const ofOtherKinds: ReadonlySet<string> = new Set(['scale', 'eviction']);

/** What the body of a write says of labels. */
export function labelChange(format: JsonBodyFormat, body: JsonValue): LabelChange {
  switch (format) {
    case 'json':
    case 'apply':
      // An apply takes away what its manager applied and names no more: what it doesn't name may go.
      return wholeChange(jsonAt(body, 'metadata', 'labels'));
    case 'merge-patch':
    case 'strategic-merge-patch':
      return mergedChange(body);
    case 'json-patch':
      return patchedChange(body);
  }
}

/**
 * The labels that all that a request is about has, before it and after it: of a list, a watch or a deletecollection those
 * that its label selector asks for; of a create those of its body; of whatever names an object those of the object, as far
 * as the request leaves them. Undefined where nobody knows: an object was not looked at, or is not there.
 */
export function heldLabels(
  request: KubeRequest,
  change: LabelChange,
  live: LiveFacts | null | undefined,
): readonly LabelFact[] | undefined {
  if (request.kind !== 'resource') return undefined;
  if (['list', 'watch', 'deletecollection'].includes(request.verb)) return selectedLabels(request.labelSelector);
  const changed = needsObject(request) && !ofOtherKinds.has(request.subresource) ? change : NONE;
  if (namesObject(request)) return live ? keptLabels(live.labels, changed) : undefined;
  // A binding is of the pod that its body names.
  const makes = policyAction(request) === 'create' && request.subresource === '' && request.resource !== 'bindings';
  return makes ? (changed.kind === 'all' ? changed.labels : []) : undefined;
}

/** What each object that a selector chooses has. */
function selectedLabels(selector: string): readonly LabelFact[] {
  return parseLabelSelector(selector).flatMap(({ key, operator, values: [value, ...others] }) => {
    const isOne = (operator === '=' || operator === 'in') && value !== undefined && others.length === 0;
    return isOne ? [{ key, value }] : [];
  });
}

function keptLabels(before: readonly LabelFact[], change: LabelChange): readonly LabelFact[] {
  switch (change.kind) {
    case 'none':
      return before;
    case 'any':
      return [];
    case 'all': {
      const after = valuesOf(change.labels);
      return before.filter(({ key, value }) => after.get(key) === value);
    }
    case 'some': {
      const [set, taken] = [valuesOf(change.set), new Set(change.taken)];
      return before.filter(({ key, value }) => !taken.has(key) && (set.get(key) ?? value) === value);
    }
  }
}

function valuesOf(labels: readonly LabelFact[]): ReadonlyMap<string, string> {
  return new Map(labels.map(({ key, value }) => [key, value]));
}

function wholeChange(labels: JsonValue | undefined): LabelChange {
  if (labels === undefined || labels === null) return { kind: 'all', labels: [] };
  if (!isJsonObject(labels) || labels.size > MAX_LABELS) return ANY;
  return {
    kind: 'all',
    labels: [...labels].flatMap(([key, value]) => (typeof value === 'string' ? [{ key, value }] : [])),
  };
}

const hasDirective = (object: JsonObject) => [...object.keys()].some((key) => key.startsWith('$'));

/** A strategic merge patch may say by a directive, `$patch` or `$retainKeys`, that what it doesn't name goes. */
function mergedChange(patch: JsonValue): LabelChange {
  if (!isJsonObject(patch) || hasDirective(patch)) return ANY;
  const metadata = patch.get('metadata');
  if (metadata === undefined) return NONE;
  if (!isJsonObject(metadata) || hasDirective(metadata)) return ANY;
  const labels = metadata.get('labels');
  if (labels === undefined) return NONE;
  if (!isJsonObject(labels) || hasDirective(labels) || labels.size > MAX_LABELS) return ANY;
  const members = [...labels];
  return {
    kind: 'some',
    set: members.flatMap(([key, value]) => (typeof value === 'string' ? [{ key, value }] : [])),
    taken: members.flatMap(([key, value]) => (typeof value === 'string' ? [] : [key])),
  };
}

/** Operations that set or take one label each; whatever else reaches labels may do anything to them. */
function patchedChange(operations: JsonValue): LabelChange {
  if (!isJsonArray(operations)) return ANY;
  const changed = new Map<string, string | undefined>();
  for (const operation of operations) {
    const change = operationChange(operation);
    if (change === 'any') return ANY;
    if (change !== 'none') changed.set(...change);
    if (changed.size > MAX_LABELS) return ANY;
  }
  return {
    kind: 'some',
    set: [...changed].flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }])),
    taken: [...changed].flatMap(([key, value]) => (value === undefined ? [key] : [])),
  };
}

/** The label that an operation sets, or takes, which then has no value. */
function operationChange(operation: JsonValue): 'none' | 'any' | [key: string, value: string | undefined] {
  const [op, from] = [jsonAt(operation, 'op'), jsonAt(operation, 'from')];
  if (op === 'test') return 'none';
  const paths = [jsonAt(operation, 'path'), ...(from === undefined ? [] : [from])].map(pointerSegments);
  if (!paths.some(reachesLabels)) return 'none';
  const [, , key, ...deeper] = paths[0] ?? [];
  if (key === undefined || deeper.length > 0 || paths.length > 1) return 'any';
  const value = jsonAt(operation, 'value');
  return [key, (op === 'add' || op === 'replace') && typeof value === 'string' ? value : undefined];
}

function reachesLabels(path: readonly string[] | undefined): boolean {
  if (path === undefined) return true;
  const [first, second] = path;
  return first === undefined || (first === 'metadata' && (second === undefined || second === 'labels'));
}
