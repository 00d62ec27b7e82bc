// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import type { JSONWebKeySet } from 'jose';
import type { Config, IssuerConfig } from '../config/schema.ts';
import type { Clusters } from '../tunnel/clusters.ts';
import { IdentityError } from './identity-error.ts';
import type { IssuerOptions } from './issuer-options.ts';
import { parseJwks } from './published-keys.ts';

const MAX_JWKS_BYTES = 256 * 1024;

/** The public keys of a cluster's service-account tokens, as its API server publishes them, through its connector. */
async function clusterJwks(clusters: Clusters, cluster: string, signal: AbortSignal): Promise<JSONWebKeySet> {
  const response = await clusters.request(cluster, {
    method: 'GET',
    target: '/openid/v1/jwks',
    headers: [['accept', 'application/jwk-set+json']],
    body: undefined,
    signal,
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_JWKS_BYTES) break;
    chunks.push(chunk);
  }
  if (response.status !== 200 || size > MAX_JWKS_BYTES) {
    throw new IdentityError('ERR_IDENTITY_FETCH', `cluster ${cluster} answered ${response.status} for its token keys`);
  }
  return parseJwks(Buffer.concat(chunks, size));
}

function issuerOptions(issuer: IssuerConfig, clusters: Clusters): IssuerOptions {
  const { audience, algorithms, maxLifetimeSeconds } = issuer;
  const common = { issuer: issuer.issuer, audience, algorithms, maxLifetimeSeconds };
  if (issuer.kind === 'cluster') {
    return { kind: 'cluster', ...common, fetchJwks: (signal) => clusterJwks(clusters, issuer.cluster, signal) };
  }
  const { groupsClaim, caFile, tokenTypes } = issuer;
  return { kind: 'oidc', ...common, groupsClaim, tokenTypes, ca: caFile && readFileSync(caFile, 'utf8') };
}

/** The issuers of a configuration, ready to authenticate with. */
export function configuredIssuers(config: Config, clusters: Clusters): readonly IssuerOptions[] {
  return config.issuers.map((issuer) => issuerOptions(issuer, clusters));
}
