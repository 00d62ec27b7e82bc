// SPDX-License-Identifier: Apache-2.0
import type { SealedCrypto } from '@countersign/recording';
import { type Hash, toHex } from '@countersign/tlog';
import { canonicalJson, type Json } from '../canonical-json.ts';

/** Nothing else that is hashed begins so. */
const PURPOSE = 'countersign-verdict-v1\n';

/** What of a verdict is a person's own: who they are, and their words. */
export interface Said {
  readonly approver: { readonly issuer: string; readonly subject: string };
  readonly reason: string;
}

/** What a person puts their signature under. Digests are hex. */
export interface Statement {
  /** Id of the approval, or of the grant: no two of them have one id. */
  readonly approval: string;
  /** Of the request, as the record `approval.asked` has it; of a grant its scope, as `grant.asked` has it. */
  readonly digest: string;
  /** Of the card that they saw; of a grant its scope once more. */
  readonly shown: string;
  readonly verdict: 'approve' | 'deny';
  /** Of what is theirs. */
  readonly said: string;
}

type Hmac = SealedCrypto['hmacSha256'];

/**
 * Commits to a card: all that a person is shown of a request. The salt, 32 bytes, is of that request alone and sealed, so
 * that who reads the log can't try cards.
 */
export function shownDigest(hmacSha256: Hmac, salt: Uint8Array, card: Json): string {
  return digestUnder(hmacSha256, salt, card);
}

/**
 * Commits to who says it, and why, under a nonce of 32 bytes that is of this verdict alone and sealed. As nobody else can
 * make it, nor it be made twice, it is also what keeps two challenges apart.
 */
export function saidDigest(hmacSha256: Hmac, nonce: Uint8Array, { approver, reason }: Said): string {
  const { issuer, subject } = approver;
  return digestUnder(hmacSha256, nonce, { approver: { issuer, subject }, reason });
}

/** The 32 bytes that an authenticator is asked to sign. */
export function challengeOf(hash: Hash, { approval, digest, shown, verdict, said }: Statement): Uint8Array {
  const text = canonicalJson({ approval, digest, shown, verdict, said });
  return hash.sha256(new TextEncoder().encode(PURPOSE + text));
}

function digestUnder(hmacSha256: Hmac, key: Uint8Array, value: Json): string {
  return toHex(hmacSha256(key, new TextEncoder().encode(canonicalJson(value))));
}
