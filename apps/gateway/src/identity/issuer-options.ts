// SPDX-License-Identifier: Apache-2.0
import type { JSONWebKeySet } from 'jose';
import { IdentityError } from './identity-error.ts';

/** Asymmetric signatures only: a gateway that holds a secret that makes tokens could make them itself. */
const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** Kinds of token by their `typ`: an access token, one that says only that it is a JWT, one that says nothing. */
export type TokenType = 'at+jwt' | 'jwt' | 'absent';

interface IssuerCommon {
  /** Exactly the `iss` of its tokens: no character more, less or other. */
  readonly issuer: string;
  /** The one audience that its tokens must have. */
  readonly audience: string;
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly maxLifetimeSeconds: number;
}

/** An OpenID provider, whose keys are found by discovery. */
export interface OidcIssuerOptions extends IssuerCommon {
  readonly kind: 'oidc';
  /** CA of its https, PEM; the public ones when absent. */
  readonly ca?: string | undefined;
  /** Claim with the policy groups, a list of strings. Without it nobody of this issuer has a group. */
  readonly groupsClaim?: string | undefined;
  /** Defaults to access tokens alone (`at+jwt`, RFC 9068), so that an ID token is none. */
  readonly tokenTypes?: readonly TokenType[] | undefined;
}

/** A cluster that makes projected service-account tokens. */
interface ClusterIssuerOptions extends IssuerCommon {
  readonly kind: 'cluster';
  /** The body of the cluster's `/openid/v1/jwks`, fetched through its connector. Rejects when it can't be had. */
  readonly fetchJwks: (signal: AbortSignal) => Promise<JSONWebKeySet>;
}

export type IssuerOptions = OidcIssuerOptions | ClusterIssuerOptions;

/** True for hosts that never leave this machine. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** What is wrong with the URL of an OpenID provider, if anything. @see OpenID Connect Discovery 1.0 §3 */
export function oidcIssuerProblem(issuer: string): string | undefined {
  const url = URL.parse(issuer);
  if (url?.protocol === 'http:' && !isLoopbackHost(url.hostname)) return 'plain http is for loopback only; use https';
  const isPlain = url && !url.username && !url.password && !issuer.includes('?') && !issuer.includes('#');
  if (isPlain && (url.protocol === 'https:' || url.protocol === 'http:')) return undefined;
  return 'must be an https URL without user, query or fragment';
}

function problemOf({ kind, issuer, audience, algorithms, maxLifetimeSeconds }: IssuerOptions): string | undefined {
  if (issuer === '' || audience === '') return 'issuer and audience must not be empty';
  if (algorithms.length === 0) return 'at least one algorithm is needed';
  if (!algorithms.every((name) => SIGNATURE_ALGORITHMS.includes(name))) return 'only asymmetric algorithms are allowed';
  if (!Number.isSafeInteger(maxLifetimeSeconds) || maxLifetimeSeconds <= 0) return 'the lifetime cap must be positive';
  return kind === 'oidc' ? oidcIssuerProblem(issuer) : undefined;
}

/**
 * Checks what a configuration schema can't be trusted to have checked, because a mistake here opens the gateway.
 * @throws IdentityError `ERR_IDENTITY_OPTIONS`
 */
export function assertIssuers(issuers: readonly IssuerOptions[]): void {
  const seen = new Set<string>();
  for (const options of issuers) {
    const problem = seen.has(options.issuer) ? 'stands here twice' : problemOf(options);
    if (problem === undefined) seen.add(options.issuer);
    else throw new IdentityError('ERR_IDENTITY_OPTIONS', `issuer ${JSON.stringify(options.issuer)}: ${problem}`);
  }
}
