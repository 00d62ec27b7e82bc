// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, type JsonValue } from '@countersign/kube';

/** Operations that only put something in or take something away: the patch itself says all that they write. */
const WRITING: readonly JsonValue[] = ['add', 'replace', 'remove'];

/** What answers on masked paths show in the clear, so that comparing with it tells nothing new. */
const SHOWN =
  /^\/(?:apiVersion|kind|type|immutable|metadata\/(?:name|namespace|uid|resourceVersion|generation|(?:labels|finalizers|ownerReferences)(?:\/.*)?))$/;

/**
 * The first operation of a JSON patch that reads a value which may be masked, `[1]`, or undefined if none does. `copy`
 * and `move` carry a value to where it no longer looks like one (a label, the name of an owner), `test` says whether a
 * guess is right; a dry run shows the result and leaves nothing behind. What is no JSON patch reads at `[0]`.
 * @see RFC 6902 §4
 */
export function findValueRead(patch: JsonValue): string | undefined {
  if (!isJsonArray(patch)) return '[0]';
  const index = patch.findIndex((operation) => !isBlind(operation));
  return index === -1 ? undefined : `[${index}]`;
}

function isBlind(operation: JsonValue): boolean {
  if (!isJsonObject(operation)) return false;
  const op = operation.get('op') ?? null;
  const path = operation.get('path');
  return WRITING.includes(op) || (op === 'test' && typeof path === 'string' && SHOWN.test(path));
}
