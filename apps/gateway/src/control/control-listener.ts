// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import type { Config } from '../config/schema.ts';
import { type ControlParts, createControlApi } from './control-api.ts';

/** Node's own is two minutes: long enough for strangers to take every connection there is. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

export interface ControlListener {
  readonly address: AddressInfo;
  close(): Promise<void>;
}

export interface ControlListenerOptions {
  readonly settings: Config['listeners']['control'];
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly parts: ControlParts;
  /** How long a connection may take to set up TLS; 10,000 by default. */
  readonly handshakeTimeoutMs?: number;
}

/** Opens the listener for people and their tools: HTTPS, REST under /api/v1. */
export async function openControlListener(options: ControlListenerOptions): Promise<ControlListener> {
  const api = createControlApi(options.parts, (env) => (env as HttpBindings).incoming.socket.remoteAddress ?? '');
  const server = createAdaptorServer({
    fetch: api.fetch,
    createServer,
    serverOptions: {
      cert: options.certificate,
      key: options.key,
      minVersion: 'TLSv1.2',
      handshakeTimeout: options.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
    },
  }) as Server;
  server.maxConnections = 512;
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.settings.port, options.settings.address, resolve);
  });
  return {
    address: server.address() as AddressInfo,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
