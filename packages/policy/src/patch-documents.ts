// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@countersign/kube';

/** A JSON patch as far as it shows what it sets. */
export interface PatchDocuments {
  /** One document for each operation that sets something: the value, at its place, and nothing else. */
  readonly documents: readonly JsonObject[];
  /** It moves values that it doesn't show (copy, move), or isn't a JSON patch as RFC 6902 has it. */
  readonly opaque: boolean;
}

/** The API server takes no more. @see k8s.io/apiserver pkg/endpoints/handlers/patch.go, maxJSONPatchOperations */
const maxOperations = 10_000;
/** Deeper than any object of the API. */
const maxSegments = 128;
/** What these hold has keys of any name, `0` and `-` too. */
const keyed = new Set(['labels', 'annotations', 'matchLabels', 'selector', 'nodeSelector']);
/** All that the API server takes for a position, `-1` for the last one included. @see gopkg.in/evanphx/json-patch.v4 */
const position = /^(?:-|[+-]?\d+)$/;

const setting = new Set(['add', 'replace']);
const harmless = new Set(['remove', 'test']);

/** Lays a JSON patch out as the documents that it sets. @see https://www.rfc-editor.org/rfc/rfc6902#section-4 */
export function patchDocuments(patch: JsonValue): PatchDocuments {
  if (!isJsonArray(patch) || patch.length > maxOperations) return { documents: [], opaque: true };
  const documents: JsonObject[] = [];
  let opaque = false;
  for (const operation of patch) {
    const op = isJsonObject(operation) ? operation.get('op') : undefined;
    if (typeof op === 'string' && harmless.has(op)) continue;
    const document = isJsonObject(operation) && typeof op === 'string' && setting.has(op) && documentOf(operation);
    if (document) documents.push(document);
    else opaque = true;
  }
  return { documents, opaque };
}

function documentOf(operation: JsonObject): JsonObject | undefined {
  const path = pointerSegments(operation.get('path'));
  const value = operation.get('value') ?? null;
  const document = path && laidOut(path, value);
  return isJsonObject(document) ? document : undefined;
}

/** The decoded parts of a JSON pointer, or undefined if it is none. @see https://www.rfc-editor.org/rfc/rfc6901 */
export function pointerSegments(pointer: JsonValue | undefined): readonly string[] | undefined {
  if (pointer === '') return [];
  if (typeof pointer !== 'string' || !pointer.startsWith('/')) return undefined;
  const segments = pointer.slice(1).split('/', maxSegments + 1);
  if (segments.length > maxSegments) return undefined;
  return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Whether a part of a JSON pointer is the position of an element, unless its parent is an object. */
export function isPosition(segment: string): boolean {
  return position.test(segment);
}

function laidOut(path: readonly string[], value: JsonValue): JsonValue {
  return path.reduceRight<JsonValue>((inner, segment, index) => {
    const isIndex = isPosition(segment) && !keyed.has(path[index - 1] ?? '');
    return isIndex ? [inner] : new Map([[segment, inner]]);
  }, value);
}
