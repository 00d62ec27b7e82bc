// SPDX-License-Identifier: Apache-2.0
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import type { ClusterCredential } from '../credential/cluster-credential.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

// For tests: what no API server does. How a real one behaves is tested against a real one, in e2e.

/** A TLS server that answers in bytes, and a credential that trusts it. */
export async function hostileServer(
  protocols: readonly string[],
  serve: (socket: TLSSocket) => void,
): Promise<{ credential: ClusterCredential; close(): void }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=hostile',
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'hostile.example' }])],
  });
  const certificate = made.toString('pem');
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
  const sockets = new Set<TLSSocket>();
  const server = createServer({ key, cert: certificate, ALPNProtocols: [...protocols] }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    credential: {
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      basePath: '/base',
      serverName: 'hostile.example',
      ca: certificate,
      token: 'the-token',
      client: undefined,
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
