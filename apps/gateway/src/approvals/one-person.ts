// SPDX-License-Identifier: Apache-2.0
import type { Hmac } from '@countersign/mask';
import type { TokenFacts } from '../identity/authentication.ts';
import { keyedDigest } from '../keyed-digest.ts';
import type { Signature } from './approval.ts';

/** Nothing else that is made with the same key begins so. */
const PURPOSE = 'countersign signer v1\n';

/** By what a signer is known again whose subject is another one: a digest of each address that their token has of them. */
export function knownAs(hmac: Hmac, { addresses }: Pick<TokenFacts, 'addresses'>): readonly string[] {
  return addresses.map((address) => keyedDigest(hmac, PURPOSE, address));
}

/**
 * Whether two signatures are, or may be, one person's: by subject, whatever the issuer, as the log, too, tells people apart
 * by it, or by an address.
 */
export function isOnePerson(one: Pick<Signature, 'by' | 'known'>, other: Pick<Signature, 'by' | 'known'>): boolean {
  return one.by.subject === other.by.subject || (one.known ?? []).some((name) => other.known?.includes(name));
}
