// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';

export interface WebSocketOptions {
  readonly url: string;
  readonly caFile: string;
  readonly token?: string;
  /** A client certificate, PEM. */
  readonly identity?: { readonly cert: string; readonly key: string };
  readonly protocol: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A connection that has been switched to WebSocket; what comes on it is frames. */
export interface OpenWebSocket {
  readonly connection: Duplex;
  /** The request id that the gateway gave. */
  readonly id: string;
}

/** Asks for an upgrade to one sub-protocol. */
export async function openWebSocket(options: WebSocketOptions): Promise<OpenWebSocket> {
  const { url, caFile, token, identity, protocol } = options;
  const ca = await readFile(caFile, 'utf8');
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-protocol': protocol,
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, ...identity, headers, agent: false });
    asked.once('error', reject);
    asked.once('upgrade', (response, connection, head) => {
      if (head.length > 0) connection.unshift(head);
      assert.equal(response.headers['sec-websocket-protocol'], protocol);
      resolve({ connection, id: String(response.headers['audit-id']) });
    });
    asked.once('response', (response) =>
      reject(new assert.AssertionError({ message: `answered ${response.statusCode}` })),
    );
    asked.end();
  });
}
