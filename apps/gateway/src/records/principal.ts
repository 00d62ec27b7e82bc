// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { Principal } from '@countersign/policy';
import type { TokenFacts } from '../identity/authentication.ts';

type RecordedPrincipal = NonNullable<Extract<LogRecord, { type: 'session.start' }>['principal']>;

/** A principal as records have it; the log turns names that are no plain identifiers into pseudonyms. */
export function principalOf(principal: Principal, token?: TokenFacts): RecordedPrincipal {
  const { kind, id, owner, issuer, act } = principal;
  const recorded = { kind, id, owner, issuer, act: act.map((actor) => ({ ...actor })) };
  if (!token) return recorded;
  const credential = {
    kind: 'jwt' as const,
    digest: token.credentialDigest,
    expiresAt: new Date(token.expiresAt).toISOString(),
  };
  return { ...recorded, credential };
}
