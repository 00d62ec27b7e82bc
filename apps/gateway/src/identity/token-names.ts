// SPDX-License-Identifier: Apache-2.0
import { isPlainText, type JsonObject, member } from './json-document.ts';

const MAX_LENGTH = 256;

/** Claims that name no person: of the protocol, and of the program that a person uses. */
const others = new Set([
  ...[
    'iss',
    'aud',
    'jti',
    'sid',
    'nonce',
    'azp',
    'appid',
    'client_id',
    'cid',
    'scope',
    'scp',
    'typ',
    'ver',
    'acr',
    'amr',
  ],
  ...[
    'at_hash',
    'c_hash',
    's_hash',
    'session_state',
    'picture',
    'profile',
    'website',
    'locale',
    'zoneinfo',
    'idp',
    'tid',
  ],
]);

/**
 * All that a token may call whom it is of (`sub`, `email`, `preferred_username`, `upn`, `oid`, `emails`, …): texts and lists
 * of texts, whatever their claim is called, but for groups; as many as a token has room for. To keep people apart, never to let somebody in.
 */
export function readNames(payload: JsonObject, groupsClaim: string | undefined): readonly string[] {
  const claims = Object.entries(payload).filter(([claim]) => !others.has(claim) && claim !== groupsClaim);
  const names = claims.flatMap(([, value]) => value).filter((value) => isPlainText(value, MAX_LENGTH));
  return [...new Set(names)];
}

/** Claims that may have the address of whom a token is of, and of nobody else. */
const OWN_ADDRESSES = ['sub', 'email', 'emails', 'preferred_username', 'upn'] as const;

/**
 * The addresses that a token has of whom it is of, in lower case, checked or not: two tokens that share one are taken for one
 * person's. To keep people apart, never to let somebody in.
 */
export function readAddresses(payload: JsonObject): readonly string[] {
  const values = OWN_ADDRESSES.flatMap((claim) => member(payload, claim));
  const addresses = values.filter((value) => isPlainText(value, MAX_LENGTH)).filter((value) => value.includes('@'));
  return [...new Set(addresses.map((address) => address.trim().toLowerCase()))];
}

/**
 * The address of whom a token is of, by which an issuer may be trusted to name them; none where it does not say that it has
 * checked it: at many providers people write there what they like.
 * @see OpenID Connect Core §5.1
 */
export function readEmail(payload: JsonObject): string | undefined {
  const email = member(payload, 'email');
  const isChecked = member(payload, 'email_verified') === true;
  return isPlainText(email, MAX_LENGTH) && isChecked ? email : undefined;
}
