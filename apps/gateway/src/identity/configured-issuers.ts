// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import type { Config, IssuerConfig } from '../config/schema.ts';
import type { Log } from '../log/log.ts';
import type { Clusters } from '../tunnel/clusters.ts';
import { clusterKeys } from './cluster-keys.ts';
import type { IssuerOptions } from './issuer-options.ts';

function issuerOptions(issuer: IssuerConfig, clusters: Clusters, log: Log): IssuerOptions {
  const { audience, algorithms, maxLifetimeSeconds } = issuer;
  const common = { issuer: issuer.issuer, audience, algorithms, maxLifetimeSeconds };
  if (issuer.kind === 'cluster') {
    return { kind: 'cluster', ...common, fetchJwks: (signal) => clusterKeys(clusters, log, issuer.cluster, signal) };
  }
  const { groupsClaim, caFile, tokenTypes } = issuer;
  return { kind: 'oidc', ...common, groupsClaim, tokenTypes, ca: caFile && readFileSync(caFile, 'utf8') };
}

/** The issuers of a configuration, ready to authenticate with. */
export function configuredIssuers(config: Config, clusters: Clusters, log: Log): readonly IssuerOptions[] {
  return config.issuers.map((issuer) => issuerOptions(issuer, clusters, log));
}
