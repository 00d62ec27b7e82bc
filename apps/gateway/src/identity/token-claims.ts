// SPDX-License-Identifier: Apache-2.0

import { readActChain } from './act-chain.ts';
import { type Refused, refused, type TokenFacts } from './authentication.ts';
import type { IssuerOptions } from './issuer-options.ts';
import { isPlainText, type JsonObject, member } from './json-document.ts';
import { readGroups } from './token-groups.ts';
import { readAddresses, readEmail, readNames } from './token-names.ts';
import { readWorkload } from './workload.ts';

/** How far another machine's clock may be ahead of ours, for `nbf` and `iat`. `exp` gets none. */
const LEEWAY_SECONDS = 30;
/** Last second of the year 9999. */
const MAX_SECONDS = 253_402_300_799;
const MAX_SUBJECT_LENGTH = 512;
const MAX_ID_LENGTH = 256;

interface TokenTimes {
  readonly issuedAt: number;
  readonly notBefore: number;
  readonly expiresAt: number;
}

function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= MAX_SECONDS;
}

function readTimes(payload: JsonObject): TokenTimes | undefined {
  const expiresAt = member(payload, 'exp');
  const issuedAt = member(payload, 'iat');
  const notBefore = Object.hasOwn(payload, 'nbf') ? member(payload, 'nbf') : issuedAt;
  if (!isSeconds(expiresAt) || !isSeconds(issuedAt) || !isSeconds(notBefore)) return undefined;
  return { expiresAt, issuedAt, notBefore };
}

function checkTimes(times: TokenTimes, maxLifetimeSeconds: number, nowMs: number): Refused | undefined {
  const lifetime = times.expiresAt - times.issuedAt;
  const earliestMs = (Math.max(times.notBefore, times.issuedAt) - LEEWAY_SECONDS) * 1000;
  if (nowMs >= times.expiresAt * 1000) return refused('token-expired');
  if (nowMs < earliestMs) return refused('not-yet-valid');
  return lifetime > 0 && lifetime <= maxLifetimeSeconds ? undefined : refused('lifetime');
}

function isAudience(value: unknown, audience: string): boolean {
  const only = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
  return only === audience;
}

function readOptionalId(payload: JsonObject, name: string): string | undefined | Refused {
  if (!Object.hasOwn(payload, name)) return undefined;
  const value = member(payload, name);
  return isPlainText(value, MAX_ID_LENGTH) ? value : refused('claims');
}

function isRefused(value: unknown): value is Refused {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'refused';
}

/** Facts of a token, with the instant from which they hold. */
export interface ClaimedFacts {
  readonly kind: 'facts';
  readonly facts: TokenFacts;
  /** Milliseconds since the epoch, leeway already taken off. */
  readonly notBefore: number;
}

/** What about the clock and who it is for: undefined when nothing speaks against the token. */
function checkUse(payload: JsonObject, options: IssuerOptions, nowMs: number): TokenTimes | Refused {
  if (!isAudience(member(payload, 'aud'), options.audience)) return refused('audience');
  const times = readTimes(payload);
  if (!times) return refused('claims');
  // A token bound to a key or a certificate is good only with its proof, and none is taken here (RFC 9449 §7.2).
  if (Object.hasOwn(payload, 'cnf')) return refused('sender-constrained');
  return checkTimes(times, options.maxLifetimeSeconds, nowMs) ?? times;
}

/**
 * Reads the claims of a token whose signature is good and whose `iss` is that of `options`.
 * Times are whole seconds; `exp` and `iat` are required.
 * @see RFC 7519 §4.1
 */
export function readClaims(
  payload: JsonObject,
  options: IssuerOptions,
  credentialDigest: string,
  nowMs: number,
): ClaimedFacts | Refused {
  const times = checkUse(payload, options, nowMs);
  if (isRefused(times)) return times;
  const subject = member(payload, 'sub');
  if (!isPlainText(subject, MAX_SUBJECT_LENGTH)) return refused('claims');
  const tokenId = readOptionalId(payload, 'jti');
  const sid = readOptionalId(payload, 'sid');
  const act = readActChain(payload, options.issuer);
  const groups = options.kind === 'oidc' ? readGroups(payload, options.groupsClaim) : [];
  const names = readNames(payload, options.kind === 'oidc' ? options.groupsClaim : undefined);
  const workload = options.kind === 'cluster' ? readWorkload(payload, subject) : undefined;
  if (isRefused(tokenId)) return tokenId;
  if (isRefused(sid)) return sid;
  if (!act) return refused('delegation');
  if (!groups) return refused('groups');
  if (options.kind === 'cluster' && !workload) return refused('claims');
  return {
    kind: 'facts',
    notBefore: (Math.max(times.notBefore, times.issuedAt) - LEEWAY_SECONDS) * 1000,
    facts: {
      issuer: options.issuer,
      subject,
      names,
      email: readEmail(payload),
      addresses: readAddresses(payload),
      audience: options.audience,
      groups,
      act,
      expiresAt: times.expiresAt * 1000,
      credentialDigest,
      tokenId,
      sid,
      workload,
    },
  };
}
