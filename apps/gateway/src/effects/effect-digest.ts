// SPDX-License-Identifier: Apache-2.0
import {
  canonicalChanges,
  changesBetween,
  type FieldChange,
  isJsonArray,
  isJsonObject,
  type JsonValue,
  jsonAt,
} from '@countersign/kube';
import type { Hmac } from '@countersign/mask';
import type { Outcome } from './effect.ts';
import { isRemoval } from './write-of.ts';

function isOfStatus(pointer: JsonValue | undefined): boolean {
  return typeof pointer === 'string' && (pointer === '' || pointer === '/status' || pointer.startsWith('/status/'));
}

/**
 * Whether it may write a status: by its path, or by a body that names one, as of a custom resource whose status is a field
 * like any other. An API server that keeps it apart answers with the one that there was.
 */
function writesStatus({ request, value }: Outcome['write']): boolean {
  if (request.subresource === 'status') return true;
  if (isJsonObject(value)) return value.has('status');
  return isJsonArray(value) && value.some((one) => isOfStatus(jsonAt(one, 'path')) || isOfStatus(jsonAt(one, 'from')));
}

/** Which changes count: all but those of the status, unless the status is written. */
export function changesOf({ write, before, after }: Outcome): readonly FieldChange[] {
  return changesBetween(before?.value, after?.value, { withStatus: writesStatus(write) });
}

/**
 * Names an effect: what is done to which object, and each field that changes by it. Keyed, so that nobody who reads it can
 * try values. An object that is made gets another uid at each dry run, and perhaps another name, port or address: there the
 * request itself is all that can be the same twice.
 */
export function effectDigest(outcome: Outcome, changes: readonly FieldChange[], hmac: Hmac): Uint8Array {
  const { write, before } = outcome;
  const deed = before ? (isRemoval(write) ? 'remove' : 'change') : 'make';
  const uid = jsonAt(before?.value, 'metadata', 'uid');
  const head = Buffer.from(`countersign effect v1\n${JSON.stringify([deed, typeof uid === 'string' ? uid : ''])}\n`);
  return hmac(Buffer.concat([head, before ? canonicalChanges(changes) : new Uint8Array()]));
}
