// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import { ChannelDecoder, encodeChannelData, WebSocketDecoder } from '@countersign/kube';
import { BenchError } from '../bench-error.ts';
import type { Target } from './load-call.ts';

const PROTOCOL = 'v5.channel.k8s.io';

/** Without an Accept: nothing that has a media type comes back. */
function upgradeHeaders({ accept: _, ...own }: Target['headers']): Readonly<Record<string, string>> {
  return {
    ...own,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-protocol': PROTOCOL,
  };
}

/** An exec of a program that says what it is told, as `cat` does. */
export class ExecSession implements Disposable {
  readonly #connection: Duplex;
  #bytes = 0;
  #wanted = 0;
  #answered: () => void = () => {};
  #failed: (error: Error) => void = () => {};

  private constructor(connection: Duplex) {
    this.#connection = connection;
    const frames = new WebSocketDecoder({ peer: 'server' });
    const channels = new ChannelDecoder({ version: 5, side: 'server' });
    connection.on('data', (chunk: Uint8Array) => {
      for (const event of frames.push(chunk)) {
        if (event.type !== 'data') continue;
        for (const each of channels.push(event)) if (each.type === 'data') this.#take(each.channel, each.data);
      }
    });
    connection.on('error', () => {});
    connection.once('close', () => this.#failed(new BenchError('ERR_BENCH_WRONG_ANSWER', 'an exec ended by itself')));
  }

  /** @throws BenchError when it is not switched to */
  static async open({ origin, paths: [path = ''], ca, cert, key, headers }: Target): Promise<ExecSession> {
    const tls = { ca, ...(cert && key ? { cert, key } : {}) };
    const asked = request(`${origin}${path}`, { ...tls, headers: upgradeHeaders(headers), agent: false });
    asked.end();
    const refused = once(asked, 'response').then(([{ statusCode }]) => {
      throw new BenchError('ERR_BENCH_WRONG_ANSWER', `an exec was answered with ${statusCode}`);
    });
    refused.catch(() => {});
    const [, connection, head] = await Promise.race([once(asked, 'upgrade'), refused]);
    if (head.length > 0) connection.unshift(head);
    connection.setNoDelay?.(true);
    return new ExecSession(connection);
  }

  /** Milliseconds from a key that is typed to its echo. */
  async echo(key: Uint8Array): Promise<number> {
    const begun = performance.now();
    this.#wanted = this.#bytes + key.length;
    const answered = new Promise<void>((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
    });
    this.#connection.write(encodeChannelData('stdin', key, randomBytes(4)));
    await answered;
    return performance.now() - begun;
  }

  /** Says how wide the terminal is that shows it. */
  resize(columns: number): void {
    const size = new TextEncoder().encode(JSON.stringify({ Width: columns, Height: 24 }));
    this.#connection.write(encodeChannelData('resize', size, randomBytes(4)));
  }

  [Symbol.dispose](): void {
    this.#failed = () => {};
    this.#connection.destroy();
  }

  #take(channel: string, data: Uint8Array): void {
    if (channel !== 'stdout') return;
    this.#bytes += data.length;
    if (this.#bytes >= this.#wanted) this.#answered();
  }
}
