// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import type { ClusterCredential } from '../credential/cluster-credential.ts';

// For tests: what no API server does. How a real one behaves is tested against a real one, in e2e.

/** A TLS server that answers in bytes, and a credential that trusts it. */
export async function hostileServer(
  protocols: readonly string[],
  serve: (socket: TLSSocket) => void,
): Promise<{ credential: ClusterCredential; close(): void }> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-hostile-'));
  const [keyFile, certificateFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', '/CN=hostile', '-addext', 'subjectAltName=DNS:hostile.example'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', keyFile, '-out', certificateFile, ...subject], {
    stdio: 'ignore',
  });
  const [key, certificate] = [readFileSync(keyFile), readFileSync(certificateFile, 'utf8')];
  rmSync(directory, { recursive: true });
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
