// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { Principal } from '@countersign/policy';
import type { TokenFacts } from './authentication.ts';

/** What tells sessions apart: one principal, with its `act` chain, on one cluster from one issuer and `sid` (else subject). */
export function sessionKey(principal: Principal, cluster: string, token: TokenFacts): string {
  return JSON.stringify([principal.id, principal.act, cluster, token.issuer, token.sid ?? token.subject]);
}

/** What a lock keeps of a session's key, which names people: its SHA-256 in hex. */
export function sessionKeyDigest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
