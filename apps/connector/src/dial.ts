// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { TUNNEL_SERVER_NAME } from '@countersign/wire';
import { ConnectorError } from './connector-error.ts';
import type { GatewayAddress } from './gateway-address.ts';

const DIAL_TIMEOUT_MS = 10_000;

/** A client certificate with its key, PEM. */
export interface ClientIdentity {
  readonly certificate: string;
  readonly key: string;
}

/**
 * A TLS connection to a gateway whose certificate the given CA issued for gateways.
 * @throws ConnectorError `ERR_CONNECTOR_GATEWAY_UNREACHABLE`, `ERR_CONNECTOR_GATEWAY_UNTRUSTED`
 */
export function dialGateway(address: GatewayAddress, ca: string, client?: ClientIdentity): Promise<TLSSocket> {
  return dialTls(address, {
    ca,
    ...(client && { cert: client.certificate, key: client.key }),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(TUNNEL_SERVER_NAME, certificate),
  });
}

/**
 * The CA certificate with this SHA-256 fingerprint, as PEM, from what a gateway shows in its handshake. Nothing is sent
 * and nothing else believed: the connections that follow are verified against the certificate found.
 * @throws ConnectorError `ERR_CONNECTOR_GATEWAY_UNREACHABLE`, `ERR_CONNECTOR_GATEWAY_UNTRUSTED`
 */
export async function fetchPinnedCa(address: GatewayAddress, fingerprint: string): Promise<string> {
  const wanted = fingerprint.toLowerCase().replaceAll(':', '');
  const socket = await dialTls(address, { rejectUnauthorized: false });
  try {
    for (let shown = socket.getPeerX509Certificate(); shown; shown = shown.issuerCertificate) {
      if (shown.fingerprint256.toLowerCase().replaceAll(':', '') === wanted) return shown.toString();
      if (shown.issuerCertificate === shown) break;
    }
  } finally {
    socket.destroy();
  }
  throw new ConnectorError(
    'ERR_CONNECTOR_GATEWAY_UNTRUSTED',
    `${address.text} shows no CA certificate with the given fingerprint: wrong gateway, or somebody in between`,
  );
}

function dialTls(address: GatewayAddress, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...options,
      host: address.host,
      port: address.port,
      ...(isIP(address.host) ? {} : { servername: address.host }),
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['http/1.1'],
    });
    const timer = setTimeout(() => socket.destroy(new Error('no TLS handshake within 10 s')), DIAL_TIMEOUT_MS);
    const fail = (cause: Error) => {
      clearTimeout(timer);
      reject(dialError(address, cause));
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

const UNTRUSTED: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** True for the errors with which OpenSSL or Node reject a peer's certificate. */
export function isCertificateError(error: unknown): boolean {
  return UNTRUSTED.has(String((error as NodeJS.ErrnoException | undefined)?.code));
}

function dialError(address: GatewayAddress, cause: Error): ConnectorError {
  const code = (cause as NodeJS.ErrnoException).code ?? cause.message;
  if (isCertificateError(cause)) {
    const message = `${address.text} is not a gateway of the given CA (${code}): check --ca, it must come from this gateway`;
    return new ConnectorError('ERR_CONNECTOR_GATEWAY_UNTRUSTED', message, { cause });
  }
  return new ConnectorError('ERR_CONNECTOR_GATEWAY_UNREACHABLE', `${address.text} could not be reached (${code})`, {
    cause,
  });
}
