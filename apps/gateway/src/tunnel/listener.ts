// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { ServerIdentity } from './certificate-authority.ts';
import { answerEnrolment } from './enrolment-endpoint.ts';
import { type SwitchParts, switchToTunnel } from './switch.ts';
import type { Tunnel } from './tunnel.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 2_048;
/** Connections of one source that have not become tunnels. */
const MAX_PENDING_PER_SOURCE = 64;

/** What the listener needs of the rest. */
export interface ListenerParts extends SwitchParts {
  readonly serverIdentity: ServerIdentity;
  /** Takes a tunnel that is ready. */
  readonly accept: (tunnel: Tunnel, source: string) => void;
}

/** The TLS server of the tunnel port, not yet listening. It speaks HTTP/1.1 until a connection becomes a tunnel. */
export function createTunnelServer(parts: ListenerParts): Server {
  const server = createServer({
    key: parts.serverIdentity.key,
    cert: [parts.serverIdentity.certificate, parts.office.authority.certificate].join(''),
    ca: parts.office.authority.certificate,
    requestCert: true,
    // Enrolment comes without a certificate; `identifyConnector` asks for TLS's verdict before anything else.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    headersTimeout: HANDSHAKE_TIMEOUT_MS,
    requestTimeout: HANDSHAKE_TIMEOUT_MS,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: 1_000,
  });
  server.maxConnections = MAX_CONNECTIONS;
  const settle = limitPending(server);
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  const asked = new WeakSet<Socket>();
  server.on('request', (request, response) => {
    asked.add(request.socket);
    void answerEnrolment(parts, request, response);
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const socket = request.socket as TLSSocket;
    socket.on('error', () => {});
    stream.on('error', () => {});
    // The answer to what came before could still be written when HTTP/2 takes over, and Node aborts the process then.
    // Where a body is not whole, Node gives another stream for the connection.
    if (asked.has(socket) || stream !== socket) {
      socket.destroy();
      return;
    }
    const source = socket.remoteAddress ?? '';
    const connection = connectionKey(socket);
    void switchToTunnel(parts, request, socket, head).then((tunnel) => {
      if (!tunnel) return;
      settle(connection);
      parts.accept(tunnel, source);
    });
  });
  return server;
}

/** Bounds, by source, the connections that have not proved to be a connector's; returns how one is taken out. */
function limitPending(server: Server): (connection: string) => void {
  const pending = new Map<string, Set<string>>();
  const settle = (source: string, connection: string) => {
    const ofSource = pending.get(source);
    ofSource?.delete(connection);
    if (ofSource?.size === 0) pending.delete(source);
  };
  server.on('connection', (socket: Socket) => {
    const source = socket.remoteAddress ?? '';
    const connection = connectionKey(socket);
    const ofSource = pending.get(source) ?? new Set<string>();
    if (ofSource.size >= MAX_PENDING_PER_SOURCE) {
      socket.destroy();
      return;
    }
    pending.set(source, ofSource.add(connection));
    socket.once('close', () => settle(source, connection));
  });
  return (connection) => settle(connection.slice(0, connection.lastIndexOf(' ')), connection);
}

/** The same for a TLS socket and the plain one under it. */
function connectionKey(socket: Socket): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? 0}`;
}
