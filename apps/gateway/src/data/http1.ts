// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { CallerGone, drained, headerLines, type Incoming, type Reply } from './incoming.ts';

/** Above every client's own idle limit (90 s), so that it is the client that closes. */
const KEEP_ALIVE_MS = 100_000;

export interface Http1Options {
  readonly maxHeaderBytes: number;
  readonly headersTimeoutMs: number;
}

class Http1Reply implements Reply {
  readonly #response: ServerResponse;
  readonly #socket: Socket;

  constructor(response: ServerResponse, socket: Socket) {
    this.#response = response;
    this.#socket = socket;
  }

  get begun(): boolean {
    return this.#response.headersSent;
  }

  begin(status: number, headers: Incoming['headers']): void {
    const flat = headers.flat();
    this.#response.writeHead(status, flat);
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#response.destroyed) throw new CallerGone();
    if (!this.#response.write(chunk)) await drained(this.#response);
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#response.once('close', resolve);
      this.#response.end(resolve);
    });
  }

  cut(): void {
    this.#socket.destroy();
  }
}

/** A body that asks the caller for itself, with 100 Continue, at the first read. */
function onDemand(request: IncomingMessage, response: ServerResponse): Readable {
  let asked = false;
  const source = request[Symbol.asyncIterator].bind(request);
  return Readable.from(
    (async function* () {
      if (!asked) {
        asked = true;
        response.writeContinue();
      }
      yield* source();
    })(),
    { objectMode: false },
  );
}

function incoming(request: IncomingMessage, response: ServerResponse, body: Readable): Incoming {
  const gone = new AbortController();
  response.on('error', () => gone.abort());
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return {
    protocol: 'HTTP/1.1',
    method: request.method ?? '',
    target: request.url ?? '',
    headers: headerLines(request.rawHeaders),
    remoteAddress: request.socket.remoteAddress ?? '',
    remotePort: request.socket.remotePort ?? 0,
    body,
    hasBody: request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) !== 0,
    gone: gone.signal,
    reply: new Http1Reply(response, request.socket),
  };
}

/** Serves HTTP/1.1 on TLS sockets that are emitted at it as 'connection'. There is no upgrade: such a request is judged like any other. */
export function createHttp1Server(options: Http1Options, onRequest: (incoming: Incoming) => void): Server {
  const server = createServer({
    maxHeaderSize: options.maxHeaderBytes,
    headersTimeout: options.headersTimeoutMs,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.min(options.headersTimeoutMs, 1_000),
    requireHostHeader: true,
  });
  // Only a listening server checks its timeouts and counts its connections; these sockets come from the TLS server.
  server.emit('listening');
  server.on('request', (request, response) => onRequest(incoming(request, response, request)));
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    onRequest(incoming(request, response, onDemand(request, response))),
  );
  return server;
}
