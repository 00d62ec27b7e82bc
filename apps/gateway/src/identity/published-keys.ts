// SPDX-License-Identifier: Apache-2.0
import type { JSONWebKeySet } from 'jose';
import { fetchDocument } from './fetch-document.ts';
import { IdentityError } from './identity-error.ts';
import { isLoopbackHost, type OidcIssuerOptions } from './issuer-options.ts';
import { type JsonObject, member, parseJsonObject } from './json-document.ts';

const MAX_DEPTH = 8;
const MAX_KEYS = 100;

function parseDocument(bytes: Uint8Array, what: string): JsonObject {
  const document = parseJsonObject(bytes, { maxDepth: MAX_DEPTH });
  if (!document) throw new IdentityError('ERR_IDENTITY_DOCUMENT', `${what} is not one JSON object`);
  return document;
}

/**
 * Reads the bytes of a JWK set: 1 to 100 keys. Which of them fit a token is decided for each token.
 * @throws IdentityError `ERR_IDENTITY_DOCUMENT`
 * @see RFC 7517 §5
 */
export function parseJwks(bytes: Uint8Array): JSONWebKeySet {
  const keys = member(parseDocument(bytes, 'the key set'), 'keys');
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS) {
    throw new IdentityError('ERR_IDENTITY_DOCUMENT', `the key set must have 1 to ${MAX_KEYS} keys`);
  }
  return { keys: keys as JSONWebKeySet['keys'] };
}

function readKeysUrl(document: JsonObject, issuer: string): URL {
  const value = member(document, 'jwks_uri');
  const url = typeof value === 'string' ? URL.parse(value) : null;
  const home = new URL(issuer);
  const plainOnLoopback = url?.protocol === 'http:' && isLoopbackHost(url.hostname) && home.protocol === 'http:';
  if (!url || url.username || url.password || (url.protocol !== 'https:' && !plainOnLoopback)) {
    throw new IdentityError('ERR_IDENTITY_DOCUMENT', `the jwks_uri of ${issuer} must be an https URL`);
  }
  return url;
}

/**
 * Finds an OpenID provider's keys: its discovery document, which must name exactly this issuer, then the key set at the
 * `jwks_uri` of that document and nowhere else.
 * @throws IdentityError `ERR_IDENTITY_FETCH`, `ERR_IDENTITY_DOCUMENT`
 * @see OpenID Connect Discovery 1.0 §4
 */
export async function discoverJwks(
  { issuer, ca }: Pick<OidcIssuerOptions, 'issuer' | 'ca'>,
  signal: AbortSignal,
): Promise<JSONWebKeySet> {
  const location = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const document = parseDocument(await fetchDocument(location, { ca, signal }), 'the discovery document');
  if (member(document, 'issuer') !== issuer) {
    throw new IdentityError('ERR_IDENTITY_DOCUMENT', `the discovery document of ${issuer} names another issuer`);
  }
  return parseJwks(await fetchDocument(readKeysUrl(document, issuer), { ca, signal }));
}
