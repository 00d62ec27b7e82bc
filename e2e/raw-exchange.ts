// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { connect, type SecureContextOptions } from 'node:tls';
import { parse } from 'yaml';

/** Where a kubeconfig's current context points, and with which client certificate. */
export interface RawEndpoint {
  readonly host: string;
  readonly port: number;
  readonly credentials: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>;
}

/** A request as it goes on the wire: nothing in it is parsed, escaped or added but `Host`. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | undefined;
}

/** Reads the endpoint of a kubeconfig that the lab wrote: one cluster, one user with a certificate. */
export async function readEndpoint(kubeconfig: string): Promise<RawEndpoint> {
  const config = parse(await readFile(kubeconfig, 'utf8'));
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const { hostname, port } = new URL(cluster.server);
  const [ca, cert, key] = await Promise.all([
    readPem(cluster, 'certificate-authority'),
    readPem(user, 'client-certificate'),
    readPem(user, 'client-key'),
  ]);
  return { host: hostname, port: Number(port), credentials: { ca, cert, key } };
}

async function readPem(entry: Readonly<Record<string, string>>, name: string): Promise<Buffer> {
  const inline = entry[`${name}-data`];
  return inline === undefined ? readFile(entry[name] ?? '') : Buffer.from(inline, 'base64');
}

/** Sends one request over a TLS connection of its own and returns the status of the answer; the rest is not read. */
export function sendRaw(endpoint: RawEndpoint, request: RawRequest): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const socket = connect({ host: endpoint.host, port: endpoint.port, ...endpoint.credentials, timeout: 20_000 });
  let head = '';
  socket.on('secureConnect', () => socket.write(encode(request), 'latin1'));
  socket.on('data', (bytes: Buffer) => {
    head += bytes.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    resolve(Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]));
    socket.destroy();
  });
  socket.on('timeout', () => socket.destroy(new Error('no answer in time')));
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('closed without an answer')));
  return promise;
}

function encode({ method, target, headers, body }: RawRequest): string {
  const length: [string, string][] = body === undefined ? [] : [['Content-Length', String(Buffer.byteLength(body))]];
  const lines = [['Host', 'localhost'], ...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
}
