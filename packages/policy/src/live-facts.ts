// SPDX-License-Identifier: Apache-2.0
import {
  isJsonArray,
  isJsonObject,
  type JsonBodyFormat,
  type JsonObject,
  type JsonValue,
  jsonAt,
} from '@countersign/kube';
import { keysOf, labelsAt } from './found-facts.ts';
import { fillsManifest, type ManifestChange, manifestChange } from './manifest-change.ts';
import type { LabelFact } from './object-facts.ts';
import { pointerSegments } from './patch-documents.ts';
import { PolicyError } from './policy-error.ts';

/** What the object that a request names is at this moment, as `policySchema` describes its `Live`. */
export interface LiveFacts {
  readonly uid: string;
  readonly labels: readonly LabelFact[];
  readonly annotationKeys: readonly string[];
  readonly finalizers: readonly string[];
  readonly owned: boolean;
  readonly losesFinalizers: boolean;
  readonly fillsManifest: boolean;
}

/** What a write does to what is there, as far as its body alone doesn't say it. */
export interface ObjectChange {
  readonly finalizers: FinalizerChange;
  readonly manifests: ManifestChange;
}

/** What the body of a write to a resource of `group` does to what is there. */
export function objectChange(
  format: JsonBodyFormat,
  body: JsonValue,
  { group }: { readonly group: string },
): ObjectChange {
  return { finalizers: finalizerChange(format, body), manifests: manifestChange(format, body, { group }) };
}

/** That of a request without a body. */
export const noChange: ObjectChange = { finalizers: { kind: 'none' }, manifests: { kind: 'none' } };

/**
 * What a write does to the finalizers of its object, whatever those are: leaves them, may take any, sets them all, or sets
 * those that its manager applied. Plain data, small beside the body that it was read from.
 */
type FinalizerChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'any' }
  | { readonly kind: 'all' | 'applied'; readonly kept: readonly string[] };

/**
 * Facts of a live object, and of what a write would take from it, or put into it. Its metadata is enough where the write
 * does nothing to manifests.
 * @throws PolicyError `ERR_POLICY_FACTS` for what is no object with a uid
 */
export function liveFactsOf(live: JsonValue, change: ObjectChange): LiveFacts {
  const metadata = jsonAt(live, 'metadata');
  const uid = jsonAt(metadata, 'uid');
  if (!isJsonObject(metadata) || typeof uid !== 'string' || uid === '') {
    throw new PolicyError('ERR_POLICY_FACTS', 'the live object has no uid');
  }
  const owners = metadata.get('ownerReferences');
  return {
    uid,
    labels: labelsAt(metadata.get('labels')),
    annotationKeys: keysOf(metadata.get('annotations')),
    finalizers: textsOf(metadata.get('finalizers')),
    owned: isJsonArray(owners) && owners.length > 0,
    losesFinalizers: losesFinalizers(metadata, change.finalizers),
    fillsManifest: fillsManifest(live, change.manifests),
  };
}

/** What the body of a write says of finalizers. */
function finalizerChange(format: JsonBodyFormat, body: JsonValue): FinalizerChange {
  const kept = textsOf(jsonAt(body, 'metadata', 'finalizers'));
  switch (format) {
    case 'json':
      return { kind: 'all', kept };
    case 'apply':
      return { kind: 'applied', kept };
    case 'merge-patch':
      return namesFinalizers(body) ? { kind: 'all', kept } : { kind: 'none' };
    case 'strategic-merge-patch':
      return namesFinalizers(body) ? { kind: 'any' } : { kind: 'none' };
    case 'json-patch':
      return !isJsonArray(body) || body.some(touchesFinalizers) ? { kind: 'any' } : { kind: 'none' };
  }
}

/** Whether a finalizer of the live object may be gone after the write. */
function losesFinalizers(live: JsonObject, change: FinalizerChange): boolean {
  const had = textsOf(live.get('finalizers'));
  if (had.length === 0 || change.kind === 'none') return false;
  if (change.kind === 'any') return true;
  const kept = new Set(change.kept);
  if (had.every((finalizer) => kept.has(finalizer))) return false;
  return change.kind === 'all' || managers(live).some(appliesFinalizers);
}

/** Directives of a strategic merge patch count: `$patch`, `$retainKeys`, `$deleteFromPrimitiveList/finalizers`. */
function namesFinalizers(patch: JsonValue): boolean {
  if (!isJsonObject(patch) || keysOf(patch).some((key) => key.startsWith('$'))) return true;
  const metadata = patch.get('metadata');
  if (metadata === undefined) return false;
  if (!isJsonObject(metadata)) return true;
  return keysOf(metadata).some((key) => key.startsWith('$') || key.includes('finalizers'));
}

function touchesFinalizers(operation: JsonValue): boolean {
  if (jsonAt(operation, 'op') === 'test') return false;
  const from = jsonAt(operation, 'from');
  return [jsonAt(operation, 'path'), ...(from === undefined ? [] : [from])].some((pointer) => {
    const [first, second] = pointerSegments(pointer) ?? [];
    return first === undefined || (first === 'metadata' && (second === undefined || second === 'finalizers'));
  });
}

function managers(metadata: JsonObject): readonly JsonValue[] {
  const entries = metadata.get('managedFields');
  return isJsonArray(entries) ? entries : [];
}

/** What a manager applied, and no longer names, goes: any caller can apply under any manager's name. */
function appliesFinalizers(entry: JsonValue): boolean {
  const isApplied = jsonAt(entry, 'operation') === 'Apply';
  return isApplied && jsonAt(entry, 'fieldsV1', 'f:metadata', 'f:finalizers') !== undefined;
}

function textsOf(value: JsonValue | undefined): string[] {
  return isJsonArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
