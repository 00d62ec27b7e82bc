// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What a webhook was told, as a CloudEvent. */
export interface Told {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly text: string; readonly link?: string; readonly approval?: string };
}

const KEY = Buffer.alloc(32, 3);

/** Who is told of what happens: a webhook on this machine that takes what is signed with its secret, and nothing else. */
export class ToldWebhook {
  readonly url: string;
  readonly secretFile: string;
  readonly #all: Told[] = [];
  readonly #close: () => Promise<void>;

  private constructor(url: string, secretFile: string, close: () => Promise<void>) {
    this.url = url;
    this.secretFile = secretFile;
    this.#close = close;
  }

  static async start(): Promise<ToldWebhook> {
    const dir = await mkdtemp(join(tmpdir(), 'countersign-told-'));
    const secretFile = join(dir, 'secret');
    await writeFile(secretFile, `whsec_${KEY.toString('base64')}\n`);
    const server = createServer((request, response) => {
      // Who hangs up in the middle tells it again.
      webhook.#take(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const webhook: ToldWebhook = new ToldWebhook(`http://127.0.0.1:${port}/`, secretFile, async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await rm(dir, { recursive: true });
    });
    return webhook;
  }

  /** What was told of an approval, in order; each once, for it may be told twice. */
  of(approval: string): readonly Told[] {
    const own = this.#all.filter(({ data }) => data.approval === approval);
    return [...new Map(own.map((one) => [one.id, one])).values()];
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const isSigned = request.headers['webhook-signature'] === signatureOf(request, body);
    if (isSigned) this.#all.push(JSON.parse(body) as Told);
    response.writeHead(isSigned ? 204 : 401).end();
  }
}

function signatureOf({ headers }: IncomingMessage, body: string): string {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp } = headers;
  assert.ok(id && timestamp);
  return `v1,${createHmac('sha256', KEY).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
