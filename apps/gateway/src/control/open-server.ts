// SPDX-License-Identifier: Apache-2.0
import http from 'node:http';
import https from 'node:https';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { listen, type OpenListener } from '../listen.ts';

/** Node's own is two minutes: long enough for strangers to take every connection there is. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 512;
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000 } as const;

export interface OpenServerOptions {
  readonly address: string;
  readonly port: number;
  readonly fetch: Parameters<typeof createAdaptorServer>[0]['fetch'];
  /** PEM; without it plain HTTP is spoken. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  /** How long a connection may take to set up TLS; 10,000 by default. */
  readonly handshakeTimeoutMs?: number | undefined;
}

/** The address of who sent a request, from its environment. */
export function remoteAddress(env: unknown): string {
  return (env as HttpBindings).incoming.socket.remoteAddress ?? '';
}

function createServer({ fetch, tls, handshakeTimeoutMs }: OpenServerOptions): http.Server | https.Server {
  if (!tls) {
    return createAdaptorServer({ fetch, createServer: http.createServer, serverOptions: TIMEOUTS }) as http.Server;
  }
  const server = createAdaptorServer({
    fetch,
    createServer: https.createServer,
    serverOptions: {
      ...TIMEOUTS,
      cert: tls.certificate,
      key: tls.key,
      minVersion: 'TLSv1.2',
      handshakeTimeout: handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS,
    },
  }) as https.Server;
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

/** Opens a listener for people and their tools; rejects where that can't be. */
export async function openServer(options: OpenServerOptions): Promise<OpenListener> {
  const server = createServer(options);
  server.maxConnections = MAX_CONNECTIONS;
  return listen(server, options);
}
