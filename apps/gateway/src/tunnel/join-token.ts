// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from 'node:crypto';
import { formatJoinToken, parseJoinToken } from '@countersign/wire';
import { everyDocument } from '../store/every-document.ts';
import type { Collection, JoinTokenDocument, Store } from '../store/store.ts';
import { TunnelRefusedError } from './tunnel-error.ts';

/** SHA-256 in hex: tokens are stored and looked up by it, so how long a lookup takes says nothing about the secret. */
function joinTokenId(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The text of a new join token, never stored, and its id. */
export function newJoinToken(cluster: string): { readonly text: string; readonly id: string } {
  const secret = randomBytes(32).toString('base64url');
  return { text: formatJoinToken({ cluster, secret }), id: joinTokenId(secret) };
}

/**
 * Uses a join token up and returns its id and the cluster it is for. Of two uses at the same time exactly one succeeds.
 * @throws TunnelRefusedError `ERR_TUNNEL_TOKEN_UNKNOWN`, `ERR_TUNNEL_TOKEN_USED`, `ERR_TUNNEL_TOKEN_EXPIRED`
 */
export async function redeemJoinToken(
  tokens: Collection<JoinTokenDocument>,
  text: string,
  now: Date,
): Promise<{ readonly id: string; readonly cluster: string }> {
  const token = parseJoinToken(text);
  const stored = token && (await tokens.get(joinTokenId(token.secret)));
  if (!stored || stored.value.cluster !== token.cluster) {
    throw new TunnelRefusedError('ERR_TUNNEL_TOKEN_UNKNOWN', 'this gateway has not issued that join token');
  }
  const used = 'the join token was used before; each connector needs a token of its own';
  if (stored.value.usedAt !== undefined) throw new TunnelRefusedError('ERR_TUNNEL_TOKEN_USED', used);
  if (Date.parse(stored.value.expiresAt) <= now.getTime()) {
    throw new TunnelRefusedError('ERR_TUNNEL_TOKEN_EXPIRED', `the join token expired at ${stored.value.expiresAt}`);
  }
  const first = await tokens.replace(stored.id, stored.version, { ...stored.value, usedAt: now.toISOString() });
  if (!first) throw new TunnelRefusedError('ERR_TUNNEL_TOKEN_USED', used);
  return { id: stored.id, cluster: stored.value.cluster };
}

/** Ends the time of all join tokens of a cluster that are not used yet. */
export async function voidJoinTokens(
  { joinTokens }: Pick<Store, 'joinTokens'>,
  cluster: string,
  now: Date,
): Promise<void> {
  for (const { id, version, value } of await everyDocument(joinTokens)) {
    const counts = value.usedAt === undefined && Date.parse(value.expiresAt) > now.getTime();
    // Not replaced, it has just been used.
    if (value.cluster === cluster && counts)
      await joinTokens.replace(id, version, { ...value, expiresAt: now.toISOString() });
  }
}
