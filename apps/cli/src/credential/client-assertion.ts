// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, type KeyObject, randomUUID, type webcrypto } from 'node:crypto';
import { SignJWT } from 'jose';
import { CliError } from '../cli-error.ts';

const LIFETIME_SECONDS = 60;
const ALGORITHMS: Readonly<Record<string, string>> = {
  'ec prime256v1': 'ES256',
  'ec secp384r1': 'ES384',
  'ec secp521r1': 'ES512',
  ed25519: 'EdDSA',
  rsa: 'RS256',
  'rsa-pss': 'PS256',
};

interface ClientKey {
  readonly key: KeyObject;
  readonly algorithm: string;
  readonly keyId: string | undefined;
}

function parseKey(text: string): { key: KeyObject; keyId: string | undefined } {
  if (!text.startsWith('{')) return { key: createPrivateKey(text), keyId: undefined };
  const jwk = JSON.parse(text) as webcrypto.JsonWebKey & { kid?: unknown };
  return {
    key: createPrivateKey({ key: jwk, format: 'jwk' }),
    keyId: typeof jwk.kid === 'string' ? jwk.kid : undefined,
  };
}

/**
 * Reads a private key, PEM or JWK. The algorithm is the one that its type and curve stand for (RSA: RS256).
 * @throws CliError (2)
 */
export function readClientKey(text: string, file: string): ClientKey {
  try {
    const { key, keyId } = parseKey(text);
    const curve = key.asymmetricKeyDetails?.namedCurve;
    const algorithm = ALGORITHMS[[key.asymmetricKeyType, curve].filter(Boolean).join(' ')];
    if (algorithm !== undefined) return { key, algorithm, keyId };
  } catch {
    // Said below: the error could quote the key.
  }
  throw new CliError(
    2,
    `the client key ${file} is no private key (RSA, EC P-256, P-384, P-521 or Ed25519) in PEM or JWK`,
  );
}

/**
 * An assertion by which the client proves itself, good for a minute and for this provider alone.
 * @see RFC 7523 §2.2, §3
 */
export function signAssertion(clientId: string, issuer: string, { key, algorithm, keyId }: ClientKey): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${LIFETIME_SECONDS}s`)
    .sign(key);
}
