// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import type { Log } from '../log/log.ts';
import type { Clusters, UpstreamResponse } from '../tunnel/clusters.ts';
import { IdentityError } from './identity-error.ts';
import { parseJwks } from './published-keys.ts';

const MAX_JWKS_BYTES = 256 * 1024;

async function readBody({ body }: UpstreamResponse): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_JWKS_BYTES)
      throw new IdentityError('ERR_IDENTITY_FETCH', 'the cluster answered too much for its token keys');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * The public keys of a cluster's service-account tokens, as its API server publishes them, asked for through its
 * connector and as the connector. The request is on record under its Audit-ID.
 * @throws IdentityError, TunnelError, LogError
 */
export async function clusterKeys(
  clusters: Clusters,
  log: Log,
  cluster: string,
  signal: AbortSignal,
): Promise<JSONWebKeySet> {
  const exchange = randomUUID();
  let status: number | undefined;
  try {
    const response = await clusters.request(cluster, {
      method: 'GET',
      target: '/openid/v1/jwks',
      headers: [
        ['accept', 'application/jwk-set+json'],
        ['audit-id', exchange],
      ],
      body: undefined,
      signal,
    });
    status = response.status;
    const bytes = await readBody(response);
    if (status !== 200)
      throw new IdentityError('ERR_IDENTITY_FETCH', `cluster ${cluster} answered ${status} for its token keys`);
    return parseJwks(bytes);
  } finally {
    await log.append([
      { type: 'upkeep', exchange, cluster, purpose: 'token-keys', ...(status === undefined ? {} : { status }) },
    ]);
  }
}
