// SPDX-License-Identifier: Apache-2.0
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { Lines } from './running-process.ts';

const TIMEOUT_MS = 60_000;

/** One HTTP/1.1 request to a gateway, as its caller writes it. */
export interface Call {
  readonly method: string;
  readonly url: string;
  readonly ca: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array | undefined;
  /** How long nothing may come of it; default a minute. */
  readonly timeoutMs?: number | undefined;
  /** Aborted, it goes away without its answer. */
  readonly signal?: AbortSignal | undefined;
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: any object of the API
  readonly json: any;
  /** The request id that the gateway gave. */
  readonly id: string;
}

/** An answer that goes on. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly id: string;
  readonly lines: Lines;
  /** Resolves when the answer is over: true if it ended cleanly, false if it was cut. */
  readonly ended: Promise<boolean>;
  /** Goes away, as a caller does who has seen enough. */
  close(): void;
}

function send(wanted: Call): Promise<IncomingMessage> {
  const { method, url, ca, headers, body, signal, timeoutMs = TIMEOUT_MS } = wanted;
  return new Promise((resolve, reject) => {
    // The target as it is written, which a URL object would normalise.
    const [, host, port, path] = /^https:\/\/([^/:]+):(\d+)(.*)$/.exec(url) ?? [];
    const outgoing = request(
      {
        host: host ?? '',
        port: Number(port),
        path: path ?? '',
        method,
        ca,
        headers: { ...headers },
        agent: false,
        signal,
      },
      resolve,
    );
    const tooLate = () => outgoing.destroy(new Error(`${method} ${path}: no answer within ${timeoutMs} ms`));
    outgoing.setTimeout(timeoutMs, tooLate);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const idOf = ({ headers }: IncomingMessage) => String(headers['audit-id'] ?? '');

/** Sends a request and reads the answer to its end. */
export async function call(wanted: Call): Promise<Answer> {
  const incoming = await send(wanted);
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    text,
    get json() {
      return JSON.parse(text);
    },
    id: idOf(incoming),
  };
}

/** Sends a request and returns once the head of its answer is there. */
export async function openCall(wanted: Call): Promise<OpenAnswer> {
  const incoming = await send(wanted);
  const ended = new Promise<boolean>((resolve) => {
    incoming.once('close', () => resolve(incoming.complete));
    incoming.on('error', () => resolve(false));
  });
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    id: idOf(incoming),
    lines: new Lines(incoming),
    ended,
    close: () => incoming.destroy(),
  };
}
