// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import { constants, inflateRawSync } from 'node:zlib';
import { type Inflate, portStreamHeaders, type SpdyEvent, SpdySession } from '@countersign/kube';
import { BenchError } from '../bench-error.ts';
import type { Target } from './load-call.ts';

const PROTOCOL = 'portforward.k8s.io';
/** Two for each connection. */
const MAX_STREAMS = 4_096;
/** As a client copies. */
const FRAME_BYTES = 32_768;

const inflate: Inflate = (blocks, window, maxOutputLength) =>
  inflateRawSync(blocks, { dictionary: window, finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength });

interface Waiting {
  readonly wanted: number;
  have: number;
  readonly answered: PromiseWithResolvers<void>;
}

/** A port-forward over SPDY/3.1, with as many connections as are opened to ports that say what they are told. */
export class ForwardSession implements Disposable {
  readonly #connection: Duplex;
  readonly #session = new SpdySession({ role: 'client', inflate, limits: { maxStreams: MAX_STREAMS } });
  readonly #accepted = new Map<number, () => void>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #failed = Promise.withResolvers<never>();
  #requests = 0;

  private constructor(connection: Duplex) {
    this.#connection = connection;
    this.#failed.promise.catch(() => {});
    connection.on('data', (chunk: Uint8Array) => {
      for (const event of this.#session.push(chunk)) this.#take(event);
    });
    connection.on('error', () => {});
    connection.once('close', () =>
      this.#failed.reject(new BenchError('ERR_BENCH_WRONG_ANSWER', 'a port-forward ended by itself')),
    );
  }

  /** @throws BenchError when it is not switched to */
  static async open({ origin, paths: [path = ''], ca, cert, key, headers }: Target): Promise<ForwardSession> {
    const { accept: _, ...own } = headers;
    const upgrade = { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': PROTOCOL };
    const tls = { ca, ...(cert && key ? { cert, key } : {}) };
    const asked = request(`${origin}${path}`, {
      ...tls,
      method: 'POST',
      headers: { ...own, ...upgrade },
      agent: false,
    });
    asked.end();
    const refused = once(asked, 'response').then(([{ statusCode }]) => {
      throw new BenchError('ERR_BENCH_WRONG_ANSWER', `a port-forward was answered with ${statusCode}`);
    });
    refused.catch(() => {});
    const [, connection, head] = await Promise.race([once(asked, 'upgrade'), refused]);
    if (head.length > 0) connection.unshift(head);
    connection.setNoDelay?.(true);
    return new ForwardSession(connection);
  }

  /** Opens a connection, as clients do: the error stream, then the other one; returns what it is called by `echo`. */
  async connect(port: number): Promise<number> {
    const requestId = String(this.#requests++);
    await this.#opened({ type: 'error', port, requestId });
    return this.#opened({ type: 'data', port, requestId });
  }

  /** Resolves when as many bytes have come back as are sent. */
  async echo(connection: number, bytes: Uint8Array): Promise<void> {
    const answered = Promise.withResolvers<void>();
    this.#waiting.set(connection, { wanted: bytes.length, have: 0, answered });
    for (let at = 0; at < bytes.length; at += FRAME_BYTES) {
      const frame = this.#session.write(connection, bytes.subarray(at, at + FRAME_BYTES));
      if (frame && !this.#connection.write(frame)) await once(this.#connection, 'drain');
    }
    await Promise.race([answered.promise, this.#failed.promise]);
  }

  [Symbol.dispose](): void {
    this.#connection.destroy();
  }

  async #opened(headers: Parameters<typeof portStreamHeaders>[0]): Promise<number> {
    const { stream, bytes } = this.#session.open(portStreamHeaders(headers));
    const accepted = new Promise<void>((resolve) => {
      this.#accepted.set(stream, resolve);
    });
    this.#connection.write(bytes);
    await Promise.race([accepted, this.#failed.promise]);
    return stream;
  }

  #take(event: SpdyEvent): void {
    if (event.type === 'ping') this.#connection.write(this.#session.ping(event.id));
    if (event.type === 'accepted') this.#accepted.get(event.stream)?.();
    if (event.type !== 'data') return;
    const waiting = this.#waiting.get(event.stream);
    if (waiting === undefined) {
      const text = new TextDecoder().decode(event.data);
      if (text !== '') this.#failed.reject(new BenchError('ERR_BENCH_WRONG_ANSWER', `a port-forward said: ${text}`));
      return;
    }
    waiting.have += event.data.length;
    if (waiting.have >= waiting.wanted) waiting.answered.resolve();
  }
}
