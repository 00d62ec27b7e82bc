// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { UpstreamError } from '../connector-error.ts';
import type { ClusterCredential } from '../credential/cluster-credential.ts';
import { isCertificateError } from '../dial.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** How TLS to an API server verifies it and shows the connector's client certificate. */
export function upstreamTls({ ca, client, serverName }: ClusterCredential): ConnectionOptions {
  return {
    // SNI names hosts only; what the certificate must say is checked below either way.
    ...(isIP(serverName) ? {} : { servername: serverName }),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
    minVersion: 'TLSv1.2',
    ...(ca !== undefined && { ca }),
    ...(client && { cert: client.certificate, key: client.key }),
  };
}

/**
 * A TLS connection to the API server, verified against the cluster's CA, with the connector's client certificate if
 * that is its credential.
 * @throws UpstreamError `upstream-unreachable`, `upstream-untrusted`
 */
export function connectUpstream(credential: ClusterCredential, protocols: readonly string[]): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...upstreamTls(credential),
      host: credential.host,
      port: credential.port,
      ALPNProtocols: [...protocols],
    });
    const timer = setTimeout(() => socket.destroy(new Error('no TLS handshake within 10 s')), CONNECT_TIMEOUT_MS);
    const fail = (cause: Error) => {
      clearTimeout(timer);
      reject(
        new UpstreamError(isCertificateError(cause) ? 'upstream-untrusted' : 'upstream-unreachable', false, { cause }),
      );
    };
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      socket.on('error', () => {});
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

/** The `Host` header for an API server. */
export function authorityOf({ host, port }: ClusterCredential): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
