// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonAt,
  KubeError,
  parseJson,
  serializeJson,
} from '@countersign/kube';

/** What `kubectl apply` keeps of an object in the object itself: the text of what was applied. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object that is to be made or applied, as it was judged, in a namespace or in none (""). Plain data: it may go to another thread. */
export interface NormalQuestion {
  readonly bytes: Uint8Array;
  readonly namespace: string;
}

/** The SHA-256 of it, in hex, in the form that all clients share. Takes time in proportion to its length. */
export function normalDigest({ bytes, namespace }: NormalQuestion): string {
  return hash('sha256', normalBody(parseJson(bytes), namespace), 'hex');
}

/**
 * An object that is to be made or applied as it is known by, whichever client spells it: members in order, without the
 * namespace that its path says, and without a last-applied annotation that says the same object again and nothing else.
 * Any other difference is one.
 */
export function normalBody(body: JsonValue, namespace: string): string {
  return serializeJson(sorted(normalized(body, namespace)));
}

function normalized(body: JsonValue, namespace: string): JsonValue {
  const text = jsonAt(body, 'metadata', 'annotations', LAST_APPLIED);
  const plain = withoutNoise(body, namespace);
  if (typeof text !== 'string') return plain;
  const bare = withoutNoise(without(body, ['metadata', 'annotations', LAST_APPLIED]), namespace);
  const said = parsed(text);
  if (said === undefined) return plain;
  return isEqual(withoutNoise(said, namespace), bare) ? bare : plain;
}

function isEqual(one: JsonValue, other: JsonValue): boolean {
  return serializeJson(sorted(one)) === serializeJson(sorted(other));
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseJson(Buffer.from(text));
  } catch (error) {
    if (error instanceof KubeError) return undefined;
    throw error;
  }
}

/** Without a namespace that the path says as well, and without annotations where there are none. */
function withoutNoise(body: JsonValue, namespace: string): JsonValue {
  const annotations = jsonAt(body, 'metadata', 'annotations');
  const isBare = isJsonObject(annotations) && annotations.size === 0;
  const lean = isBare ? without(body, ['metadata', 'annotations']) : body;
  const isSaid = namespace !== '' && jsonAt(body, 'metadata', 'namespace') === namespace;
  return isSaid ? without(lean, ['metadata', 'namespace']) : lean;
}

function without(value: JsonValue, [name, ...rest]: readonly string[]): JsonValue {
  if (!isJsonObject(value) || name === undefined || !value.has(name)) return value;
  const members = new Map(value);
  if (rest.length === 0) members.delete(name);
  else members.set(name, without(members.get(name) ?? null, rest));
  return members;
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const object: JsonObject = value;
  return new Map([...object.keys()].sort().map((name) => [name, sorted(object.get(name) ?? null)]));
}
