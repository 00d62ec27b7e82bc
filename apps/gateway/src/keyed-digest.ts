// SPDX-License-Identifier: Apache-2.0
import { canonicalJson, type Json } from '@countersign/evidence';
import type { Hmac } from '@countersign/mask';

const ID_PURPOSE = 'countersign key id v1\n';
const ID_LENGTH = 16;

/**
 * A digest in hex of what is countersigned: keyed, because it stands in the log where everybody reads it, and something short
 * could be guessed from a plain one. All gateways of a store have the same key; `purpose` is how nothing else that is made
 * with it begins.
 */
export function keyedDigest(hmac: Hmac, purpose: string, bound: Json): string {
  return Buffer.from(hmac(Buffer.from(purpose + canonicalJson(bound), 'utf8'))).toString('hex');
}

/** By which a key is known, and nothing is known of it. */
export function keyId(hmac: Hmac): string {
  return Buffer.from(hmac(Buffer.from(ID_PURPOSE, 'utf8')))
    .toString('hex')
    .slice(0, ID_LENGTH);
}
