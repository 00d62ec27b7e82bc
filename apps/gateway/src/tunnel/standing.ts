// SPDX-License-Identifier: Apache-2.0
import type { X509Certificate } from 'node:crypto';
import { connectorUri } from '@countersign/wire';
import { isClusterIn } from '../identity/cluster-state.ts';
import type { ClusterDocument, Store, Versioned } from '../store/store.ts';
import { TunnelRefusedError } from './tunnel-error.ts';
import type { ConnectorIdentity } from './tunnel-event.ts';

/** A client certificate as TLS left it: `problem` is OpenSSL's when the chain or the time is wrong. */
export interface PresentedCertificate {
  readonly certificate: X509Certificate | undefined;
  readonly problem: string | undefined;
}

/**
 * Who presents this certificate. The store's document binds serial, connector and cluster; the certificate must name
 * the same.
 * @throws TunnelRefusedError `ERR_TUNNEL_CERTIFICATE`, `ERR_TUNNEL_REVOKED`, `ERR_TUNNEL_CLUSTER`, `ERR_TUNNEL_DISABLED`,
 * `ERR_TUNNEL_LOCKED`
 */
export async function identifyConnector(
  store: Store,
  presented: PresentedCertificate,
  now: Date,
): Promise<ConnectorIdentity> {
  const { certificate, problem } = presented;
  if (!certificate || problem !== undefined) {
    const why = certificate ? `is not valid here (${problem})` : 'is missing';
    throw new TunnelRefusedError('ERR_TUNNEL_CERTIFICATE', `the client certificate ${why}; enrol with a join token`);
  }
  const serial = certificate.serialNumber.toLowerCase();
  const stored = await store.certificates.get(serial);
  const named = stored && `URI:${connectorUri(stored.value.cluster, stored.value.connector)}`;
  if (!stored || certificate.subjectAltName !== named) {
    throw new TunnelRefusedError('ERR_TUNNEL_CERTIFICATE', 'the client certificate is not on record here; enrol again');
  }
  const { connector, cluster, notAfter } = stored.value;
  const identity = { connector, cluster, serial, notAfter };
  await assertStanding(store, identity, now);
  return identity;
}

/**
 * Whether a connector may have a tunnel at this moment; asked at each connection and again while it lives.
 * @throws TunnelRefusedError `ERR_TUNNEL_CERTIFICATE`, `ERR_TUNNEL_REVOKED`, `ERR_TUNNEL_CLUSTER`, `ERR_TUNNEL_DISABLED`,
 * `ERR_TUNNEL_LOCKED`
 */
export async function assertStanding(store: Store, identity: ConnectorIdentity, now: Date): Promise<void> {
  const [certificate, cluster, connectorLock, clusterLock] = await Promise.all([
    store.certificates.get(identity.serial),
    store.clusters.get(identity.cluster),
    store.locks.get(`connector:${identity.connector}`),
    store.locks.get(`cluster:${identity.cluster}`),
  ]);
  if (!certificate || Date.parse(certificate.value.notAfter) <= now.getTime()) {
    throw new TunnelRefusedError('ERR_TUNNEL_CERTIFICATE', 'the client certificate has expired; enrol again');
  }
  if (certificate.value.revokedAt !== undefined) {
    throw new TunnelRefusedError('ERR_TUNNEL_REVOKED', 'the client certificate was revoked');
  }
  assertClusterIn(cluster, identity.cluster, now);
  if (connectorLock || clusterLock) {
    const isOfCluster = connectorLock === undefined;
    throw new TunnelRefusedError('ERR_TUNNEL_LOCKED', 'an operator has locked this connector or its cluster', {
      isOfCluster,
    });
  }
}

/**
 * Whether a cluster has connectors at all, by what is registered of it.
 * @throws TunnelRefusedError `ERR_TUNNEL_CLUSTER`, `ERR_TUNNEL_DISABLED`
 */
export function assertClusterIn(found: Versioned<ClusterDocument> | undefined, name: string, now: Date): void {
  const isOfCluster = true;
  if (!found)
    throw new TunnelRefusedError('ERR_TUNNEL_CLUSTER', `no cluster named ${name} is registered here`, { isOfCluster });
  if (!isClusterIn(found.value, now.getTime()))
    throw new TunnelRefusedError('ERR_TUNNEL_DISABLED', `the cluster ${name} is disabled here, or its time is over`, {
      isOfCluster,
    });
}
