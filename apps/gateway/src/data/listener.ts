// SPDX-License-Identifier: Apache-2.0
import type { Http2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Config } from '../config/schema.ts';
import type { UnknownCallers } from '../limits/unknown-callers.ts';
import { createHttp1Server } from './http1.ts';
import { serveHttp2 } from './http2.ts';
import { IDLE_MS, type Incoming } from './incoming.ts';
import type { OnUnreadable } from './unreadable-answer.ts';

const LINGER_MS = 5_000;

export interface DataListenerOptions {
  readonly settings: Config['listeners']['data'];
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly onRequest: (incoming: Incoming) => void;
  readonly onUnreadable: OnUnreadable;
  readonly unknownCallers: UnknownCallers;
  /** How soon to look again whether the peer of a session that is over has closed its half: 5,000 by default. */
  readonly lingerMs?: number;
}

export interface DataListener {
  readonly address: AddressInfo;
  /** GOAWAY on HTTP/2, close-after-answer on HTTP/1.1, no new connections; resolves when all are gone. */
  drain(): Promise<void>;
  /** Cuts what is still there. */
  destroy(): void;
}

/** Opens the listener for callers: TLS 1.2 or later, HTTP/2 and HTTP/1.1 by ALPN on one port. */
export async function openDataListener(options: DataListenerOptions): Promise<DataListener> {
  const { settings, onRequest, onUnreadable } = options;
  const sessions = new Map<Http2Session, TLSSocket>();
  const sockets = new Set<Socket>();
  const http1 = createHttp1Server(
    {
      maxHeaderBytes: settings.maxHeaderBytes,
      headersTimeoutMs: settings.handshakeTimeoutMs,
      maxPipelined: settings.maxStreamsPerConnection,
    },
    onRequest,
    onUnreadable,
  );
  let draining = false;
  http1.on('request', (_request, response) => {
    response.shouldKeepAlive &&= !draining;
    response.once('close', () => {
      if (draining) setImmediate(() => http1.closeIdleConnections());
    });
  });
  const serveSession = (socket: TLSSocket) => {
    const { maxHeaderBytes, maxStreamsPerConnection: maxStreams } = settings;
    const session = serveHttp2(socket, { maxHeaderBytes, maxStreams }, onRequest, onUnreadable);
    sessions.set(session, socket);
    session.once('close', () => sessions.delete(session));
    closeIfIdle(session, settings.handshakeTimeoutMs);
  };

  const server = createServer({
    cert: options.certificate,
    key: options.key,
    ALPNProtocols: ['h2', 'http/1.1'],
    minVersion: 'TLSv1.2',
    handshakeTimeout: settings.handshakeTimeoutMs,
  });
  server.maxConnections = settings.maxConnections;
  server.on('connection', (socket) => {
    const peer = { remoteAddress: socket.remoteAddress ?? '', remotePort: socket.remotePort ?? 0 };
    if (!options.unknownCallers.connect(peer)) {
      socket.destroy();
      return;
    }
    socket.once('close', () => options.unknownCallers.disconnect(peer));
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', () => socket.destroy());
    if (socket.alpnProtocol === 'h2') serveSession(socket);
    else http1.emit('connection', socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      http1.close();
      reject(error);
    });
    server.listen(settings.port, settings.address, resolve);
  });
  const sweep = setInterval(closeHalfOpen(sessions), options.lingerMs ?? LINGER_MS).unref();

  return {
    address: server.address() as AddressInfo,
    drain() {
      draining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions.keys()) session.close();
      http1.close();
      http1.closeIdleConnections();
      return closed;
    },
    destroy() {
      clearInterval(sweep);
      for (const socket of sockets) socket.destroy();
    },
  };
}

/**
 * A session that is over leaves its connection to the peer to close, and Node waits for that for ever: at the second look
 * it is closed from here.
 */
function closeHalfOpen(sessions: ReadonlyMap<Http2Session, TLSSocket>): () => void {
  const over = new WeakSet<Http2Session>();
  return () => {
    for (const [session, socket] of sessions) {
      if (over.has(session)) socket.destroy();
      else if (session.destroyed) over.add(session);
    }
  };
}

/** A session must not hold a place for ever: not before its first request, and not between two. */
function closeIfIdle(session: Http2Session, firstRequestMs: number): void {
  const timer = setTimeout(() => session.close(), firstRequestMs).unref();
  session.once('stream', () => clearTimeout(timer));
  session.once('close', () => clearTimeout(timer));
  let streams = 0;
  session.on('stream', (stream) => {
    streams += 1;
    stream.once('close', () => {
      streams -= 1;
    });
  });
  session.setTimeout(IDLE_MS, () => {
    if (streams === 0) session.close();
  });
}
