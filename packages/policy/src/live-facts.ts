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
}

/** The write that the live object is looked at for; undefined where there is none. */
type Write = { readonly format: JsonBodyFormat; readonly value: JsonValue } | undefined;

/**
 * Facts of a live object, of which its metadata is enough, and of what a write would take from it.
 * @throws PolicyError `ERR_POLICY_FACTS` for what is no object with a uid
 */
export function liveFactsOf(live: JsonValue, write: Write): LiveFacts {
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
    losesFinalizers: write !== undefined && losesFinalizers(metadata, write),
  };
}

/** Whether a finalizer of the live object may be gone after the write. */
function losesFinalizers(live: JsonObject, { format, value }: NonNullable<Write>): boolean {
  const had = textsOf(live.get('finalizers'));
  if (had.length === 0) return false;
  const kept = new Set(textsOf(jsonAt(value, 'metadata', 'finalizers')));
  const keepsAll = had.every((finalizer) => kept.has(finalizer));
  switch (format) {
    case 'json':
      return !keepsAll;
    case 'apply':
      return !keepsAll && managers(live).some(appliesFinalizers);
    case 'merge-patch':
      return namesFinalizers(value) && !keepsAll;
    case 'strategic-merge-patch':
      return namesFinalizers(value);
    case 'json-patch':
      return !isJsonArray(value) || value.some(touchesFinalizers);
  }
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
