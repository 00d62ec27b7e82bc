// SPDX-License-Identifier: Apache-2.0

/**
 * Why a credential was refused. Constant codes: nothing of the token stands in them. Those from `issuer` on up are about
 * what anybody could have sent; from `audience` on down the signature was good.
 */
export type RefusalReason =
  | 'no-credential'
  | 'several-credentials'
  | 'not-bearer'
  | 'credential-in-subprotocol'
  | 'too-large'
  | 'malformed'
  | 'critical-header'
  | 'issuer'
  | 'algorithm'
  | 'type'
  | 'unknown-key'
  | 'ambiguous-key'
  | 'signature'
  | 'audience'
  | 'claims'
  | 'token-expired'
  | 'not-yet-valid'
  | 'lifetime'
  | 'sender-constrained'
  | 'groups'
  | 'delegation';

export interface Refused {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
}

/** The workload that a projected service-account token was made for. */
export interface Workload {
  readonly namespace: string;
  readonly serviceAccount: { readonly name: string; readonly uid: string };
  readonly pod: { readonly name: string; readonly uid: string } | undefined;
}

/** What a verified token says. Nothing here is the token, or lets anyone make it again. */
export interface TokenFacts {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  /** All that it may call whom it is of, `subject` among them: to keep people apart, never to let somebody in. */
  readonly names: readonly string[];
  /** Addresses of whom it is of, checked or not, in lower case: to keep people apart. */
  readonly addresses: readonly string[];
  /** The `email` claim, where the issuer says that it has checked it (`email_verified`). */
  readonly email?: string | undefined;
  /** For policy, never for the API server: from the claim that the issuer's entry names, without `system:` ones. */
  readonly groups: readonly string[];
  /** The `act` chain (RFC 8693 §4.1), outermost (the present actor) first; an actor without `iss` has the token's. */
  readonly act: readonly { readonly issuer: string; readonly subject: string }[];
  /** Milliseconds since the epoch; no leeway is added. */
  readonly expiresAt: number;
  /** SHA-256 of the token's bytes, lower-case hex. */
  readonly credentialDigest: string;
  readonly tokenId: string | undefined;
  readonly sid: string | undefined;
  readonly workload: Workload | undefined;
}

/** `unavailable` is "could not evaluate": nobody knows whether the token is good, so it opens nothing. */
export type Authentication =
  | { readonly kind: 'authenticated'; readonly facts: TokenFacts }
  | Refused
  | { readonly kind: 'unavailable'; readonly what: 'issuer-keys'; readonly issuer: string; readonly problem: string };

export function refused(reason: RefusalReason): Refused {
  return { kind: 'refused', reason };
}
