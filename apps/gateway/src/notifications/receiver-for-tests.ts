// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ReceiverConfig } from '../config/schema.ts';
import { selfSigned } from '../data/self-signed-for-tests.ts';
import { TOPICS } from './notice.ts';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on loopback: a real server with a certificate, which answers as a test wants. */
export class TestReceiver {
  readonly received: Received[] = [];
  /** 204, unless a test says otherwise. */
  answer: (response: ServerResponse, received: Received) => void = (response) => void response.writeHead(204).end();
  readonly #dir: string;
  readonly #tls: { readonly certificate: string; readonly key: string };
  readonly #waiting: (() => void)[] = [];
  #server: https.Server | undefined;
  #port = 0;

  private constructor(dir: string, tls: { readonly certificate: string; readonly key: string }) {
    this.#dir = dir;
    this.#tls = tls;
  }

  /** With its secrets in files of `dir`. */
  static async start(dir: string): Promise<TestReceiver> {
    const receiver = new TestReceiver(dir, await selfSigned());
    await receiver.#listen();
    await writeFile(join(dir, 'ca.pem'), receiver.#tls.certificate);
    await writeFile(join(dir, 'secret'), `${SECRET}\n`);
    await writeFile(join(dir, 'slack-url'), `${receiver.url}/services/T0/B0/token-of-slack\n`);
    return receiver;
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  get webhook(): Extract<ReceiverConfig, { kind: 'webhook' }> {
    const files = { caFile: join(this.#dir, 'ca.pem'), secretFile: join(this.#dir, 'secret') };
    return { kind: 'webhook', name: 'ops', topics: [...TOPICS], url: `${this.url}/hook`, ...files };
  }

  get slack(): Extract<ReceiverConfig, { kind: 'slack' }> {
    const files = { caFile: join(this.#dir, 'ca.pem'), urlFile: join(this.#dir, 'slack-url') };
    return { kind: 'slack', name: 'chat', topics: [...TOPICS], ...files };
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Resolves when so many have come in all. */
  async count(wanted: number): Promise<void> {
    while (this.received.length < wanted) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async #listen(): Promise<void> {
    const { certificate: cert, key } = this.#tls;
    const server = https.createServer({ cert, key }, (request, response) => {
      this.#receive(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = { path: request.url ?? '', headers: request.headers, body: await text(request) };
    this.received.push(received);
    this.answer(response, received);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
