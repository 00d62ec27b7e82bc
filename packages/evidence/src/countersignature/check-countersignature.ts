// SPDX-License-Identifier: Apache-2.0
import { concatBytes, equalBytes, type Hash } from '@countersign/tlog';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { challengeOf, type Statement } from './statement.ts';

/** What an authenticator made of a challenge, each in base64url. */
export interface Assertion {
  readonly clientData: string;
  readonly authenticatorData: string;
  readonly signature: string;
}

/** A passkey, and for which site it was made. */
export interface PasskeyKey {
  /** Of COSE: -7 (ES256), -8 (EdDSA) or -257 (RS256). */
  readonly algorithm: number;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** A host name: its authenticator signs for it and for nothing else. */
  readonly rpId: string;
}

/** What checking a countersignature takes from the embedder. */
export interface PasskeyCrypto {
  readonly hash: Hash;
  /** Whether a signature is one of the key over `message`; false for a key or an algorithm that is none. MUST NOT throw. */
  verifyPasskey(key: Pick<PasskeyKey, 'algorithm' | 'publicKey'>, message: Uint8Array, signature: Uint8Array): boolean;
}

/** Why a countersignature is none of a statement. */
export type CountersignatureProblem =
  /** Its parts are not what an authenticator makes. */
  | 'malformed'
  /** It is over something else: another approval, digest, card, verdict, person or reason. */
  | 'other-statement'
  /** It was made for another site, or within one. */
  | 'other-site'
  /** The authenticator did not check who used it. */
  | 'unverified-user'
  | 'signature';

/** `rpIdHash`, flags and counter, before anything that is optional. */
const MIN_AUTHENTICATOR_DATA = 37;
const RP_ID_HASH_BYTES = 32;
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

/**
 * Whether a passkey signed a statement, by bytes alone; undefined when it did. It says nothing of whose passkey it is, nor
 * whether the same signature was shown before.
 * @see https://www.w3.org/TR/webauthn-3/ 7.2
 */
export function countersignatureProblem(
  crypto: PasskeyCrypto,
  statement: Statement,
  assertion: Assertion,
  key: PasskeyKey,
): CountersignatureProblem | undefined {
  const clientData = decodeBase64url(assertion.clientData);
  const authenticatorData = decodeBase64url(assertion.authenticatorData);
  const signature = decodeBase64url(assertion.signature);
  if (clientData === undefined || authenticatorData === undefined || signature === undefined) return 'malformed';
  const client = clientOf(clientData);
  if (client?.type !== 'webauthn.get' || authenticatorData.length < MIN_AUTHENTICATOR_DATA) return 'malformed';
  if (client.challenge !== encodeBase64url(challengeOf(crypto.hash, statement))) return 'other-statement';
  if (!isWithin(client.origin, key.rpId) || (client.crossOrigin ?? false) !== false) return 'other-site';
  const rpIdHash = crypto.hash.sha256(new TextEncoder().encode(key.rpId));
  if (!equalBytes(authenticatorData.subarray(0, RP_ID_HASH_BYTES), rpIdHash)) return 'other-site';
  const flags = authenticatorData[RP_ID_HASH_BYTES] ?? 0;
  if ((flags & USER_PRESENT) === 0 || (flags & USER_VERIFIED) === 0) return 'unverified-user';
  const message = concatBytes(authenticatorData, crypto.hash.sha256(clientData));
  return crypto.verifyPasskey(key, message, signature) ? undefined : 'signature';
}

/** Whether a page is of a host, or of one under it: its port may be another one some day. */
function isWithin(origin: unknown, rpId: string): boolean {
  if (typeof origin !== 'string') return false;
  const host = URL.parse(origin)?.hostname ?? '';
  return host === rpId || host.endsWith(`.${rpId}`);
}

/** What a browser says of a ceremony, as far as it counts; undefined where it is no object. */
function clientOf(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
