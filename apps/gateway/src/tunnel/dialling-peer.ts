// SPDX-License-Identifier: Apache-2.0
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { performServerHandshake, type ServerHttp2Session } from 'node:http2';
import { connect, type TLSSocket } from 'node:tls';
import { TUNNEL_HEADERS, TUNNEL_PATHS, TUNNEL_SERVER_NAME, TUNNEL_UPGRADE } from '@countersign/wire';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import type { Tunnels } from './tunnels.ts';

// For tests: a peer of the tunnel listener that can do what no connector of ours does.

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export interface PeerIdentity {
  readonly cert: string;
  readonly key: string;
}

/** A key and a signing request for it, with whatever subject. */
export async function signingRequest(subject: string): Promise<{ readonly key: string; readonly csr: string }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const csr = await Pkcs10CertificateRequestGenerator.create({ name: subject, keys, signingAlgorithm: ALGORITHM });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { key: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`, csr: csr.toString('pem') };
}

/** A TLS connection to the listener, verified as connectors do. */
export async function dial(tunnels: Tunnels, identity?: PeerIdentity): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    port: tunnels.port,
    servername: TUNNEL_SERVER_NAME,
    ca: tunnels.caCertificate,
    ...identity,
  });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

/** Sends bytes and returns everything until the gateway closes. */
export async function exchangeRaw(socket: TLSSocket, bytes: string | Buffer): Promise<string> {
  socket.write(bytes);
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
  });
  await once(socket, 'close');
  return answer;
}

/** An HTTP/1.1 request with a JSON body. */
export function postText(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: gateway\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** The request for a tunnel, as text. */
export function handshakeText(version: string): string {
  const head = [
    `GET ${TUNNEL_PATHS.tunnel} HTTP/1.1`,
    'host: gateway',
    'connection: upgrade',
    `upgrade: ${TUNNEL_UPGRADE}`,
  ];
  return `${[...head, `${TUNNEL_HEADERS.version}: ${version}`].join('\r\n')}\r\n\r\n`;
}

/** Status and refusal code of an answer. */
export function refusalOf(answer: string): string {
  const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 'nothing';
  const code = /"code":"(\w+)"/.exec(answer)?.[1] ?? '';
  return `${status} ${code}`.trim();
}

/** Enrols with a fresh token of the cluster. */
export async function enrolPeer(tunnels: Tunnels, cluster: string, subject = 'CN=peer'): Promise<PeerIdentity> {
  const { key, csr } = await signingRequest(subject);
  const token = await tunnels.issueJoinToken(cluster);
  const answer = await exchangeRaw(
    await dial(tunnels),
    postText(TUNNEL_PATHS.enrol, JSON.stringify({ version: 1, token, csr })),
  );
  return { key, cert: JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))).certificate };
}

/** Completes the handshake; what to do on the socket after the 101 is the caller's. */
export async function switchPeer(tunnels: Tunnels, identity: PeerIdentity): Promise<TLSSocket> {
  const socket = await dial(tunnels, identity);
  socket.write(handshakeText('1'));
  let head = '';
  while (!head.includes('\r\n\r\n')) {
    const chunk: Buffer | null = socket.read();
    if (chunk) head += chunk.toString('latin1');
    else await once(socket, 'readable');
  }
  const border = head.indexOf('\r\n\r\n') + 4;
  if (head.length > border) socket.unshift(Buffer.from(head.slice(border), 'latin1'));
  return socket;
}

/** A peer that serves HTTP/2 as a connector would, with the handlers that the test gives its session. */
export async function servePeer(
  tunnels: Tunnels,
  cluster: string,
  serve: (session: ServerHttp2Session, socket: TLSSocket) => void,
): Promise<TLSSocket> {
  const socket = await switchPeer(tunnels, await enrolPeer(tunnels, cluster));
  const session = performServerHandshake(socket, { settings: { enableConnectProtocol: true } });
  session.on('error', () => {});
  serve(session, socket);
  return socket;
}
