// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';
import { type CryptoKey, compactVerify } from 'jose';
import { type Authentication, type Refused, refused } from './authentication.ts';
import { assertIssuers, type IssuerOptions, type TokenType } from './issuer-options.ts';
import { member } from './json-document.ts';
import { KEY_LIMITS, type KeyLimits, KeySource } from './key-source.ts';
import { discoverJwks } from './published-keys.ts';
import { readClaims } from './token-claims.ts';
import { parseToken, type TokenParts } from './token-parts.ts';
import { VerifiedTokens } from './verified-tokens.ts';

export interface AuthenticatorOptions {
  readonly issuers: readonly IssuerOptions[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly limits?: Partial<KeyLimits> | undefined;
}

/** Says who sent a token, or why nobody can say so. Never throws and never answers from doubt. */
export interface Authenticator {
  authenticate(token: string): Promise<Authentication>;
}

interface Issuer {
  readonly options: IssuerOptions;
  readonly tokenTypes: readonly TokenType[];
  readonly keys: KeySource;
}

function prepareIssuer(options: IssuerOptions, { now, limits }: AuthenticatorOptions): Issuer {
  const load = options.kind === 'oidc' ? (signal: AbortSignal) => discoverJwks(options, signal) : options.fetchJwks;
  return {
    options,
    // API servers write no `typ` into service-account tokens.
    tokenTypes: options.kind === 'oidc' ? (options.tokenTypes ?? ['at+jwt']) : ['absent', 'jwt'],
    keys: new KeySource({ load, now, limits: { ...KEY_LIMITS, ...limits } }),
  };
}

function findIssuer(issuers: ReadonlyMap<string, Issuer>, parts: TokenParts): Issuer | Refused {
  const claimed = member(parts.payload, 'iss');
  const issuer = typeof claimed === 'string' ? issuers.get(claimed) : undefined;
  if (!issuer) return refused('issuer');
  if (!issuer.options.algorithms.some((name) => name === parts.algorithm)) return refused('algorithm');
  if (!issuer.tokenTypes.some((type) => type === (parts.type ?? 'absent'))) return refused('type');
  return issuer;
}

async function isSignedBy(token: string, key: CryptoKey, algorithm: string): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [algorithm] });
    return true;
  } catch {
    return false;
  }
}

/**
 * An authenticator for the tokens of the given issuers. Keys are loaded when the first token asks for them, so that it
 * starts while a provider is down; a token that was verified serves from memory for up to a minute.
 * @throws IdentityError `ERR_IDENTITY_OPTIONS`
 * @see RFC 8725; RFC 7519; RFC 9068
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  assertIssuers(options.issuers);
  const issuers = new Map(options.issuers.map((issuer) => [issuer.issuer, prepareIssuer(issuer, options)]));
  const verified = new VerifiedTokens();
  const { now } = options;

  async function verify(token: string, digest: string): Promise<Authentication> {
    const parts = parseToken(token);
    if (parts.kind === 'refused') return parts;
    const issuer = findIssuer(issuers, parts);
    if ('kind' in issuer) return issuer;
    const { algorithm: alg, keyId } = parts;
    const found = await issuer.keys.select(keyId === undefined ? { alg } : { alg, kid: keyId });
    if (found.kind === 'refused') return found;
    if (found.kind === 'unavailable') {
      return { kind: 'unavailable', what: 'issuer-keys', issuer: issuer.options.issuer, problem: found.problem };
    }
    if (!(await isSignedBy(token, found.key, alg))) return refused('signature');
    const claimed = readClaims(parts.payload, issuer.options, digest, now());
    if (claimed.kind === 'refused') return claimed;
    verified.add(claimed, now());
    return { kind: 'authenticated', facts: claimed.facts };
  }

  return {
    async authenticate(token) {
      const digest = hash('sha256', token);
      const known = verified.get(digest, now());
      return known ? { kind: 'authenticated', facts: known.facts } : verify(token, digest);
    },
  };
}
