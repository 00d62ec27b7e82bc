// SPDX-License-Identifier: Apache-2.0
import { canonicalChanges, changesBetween, type FieldChange, jsonAt } from '@countersign/kube';
import type { Hmac } from '@countersign/mask';
import type { Outcome } from './effect.ts';
import { isRemoval } from './write-of.ts';

/** Which changes count: all but those of the status, unless the status is what is written. */
export function changesOf({ write, before, after }: Outcome): readonly FieldChange[] {
  return changesBetween(before?.value, after?.value, { withStatus: write.request.subresource === 'status' });
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
