// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex, Readable } from 'node:stream';
import { UnderWay } from '../under-way.ts';
import type { HeadFault } from './head-faults.ts';
import {
  CallerGone,
  drained,
  headerLines,
  IDLE_MS,
  type Incoming,
  type LateReply,
  type Reply,
  sayAndBreak,
} from './incoming.ts';
import { type OnUnreadable, unreadableBytes } from './unreadable-answer.ts';

/** So that a connection that is switched and silent is known to be dead some day. */
const KEEP_ALIVE_MS = 15_000;
/** How long a caller may go on with what can't be read. */
const LINGER_MS = 1_000;

export interface Http1Options {
  readonly maxHeaderBytes: number;
  readonly headersTimeoutMs: number;
  /** Requests of one connection that may be under way, pipelined ones included. */
  readonly maxPipelined: number;
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

  closeConnection(): void {
    this.#response.shouldKeepAlive = false;
  }

  begin(status: number, headers: Incoming['headers']): void {
    const flat = headers.flat();
    this.#response.writeHead(status, flat);
  }

  flush(): void {
    this.#response.flushHeaders();
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#response.destroyed) throw new CallerGone();
    if (!this.#response.write(chunk)) await drained(this.#response);
  }

  async end(last?: Uint8Array): Promise<void> {
    // Nothing more would come of one that has closed: no 'close', no callback.
    if (this.#response.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#response.once('close', resolve);
      this.#response.end(last, resolve);
    });
  }

  cut(last?: Uint8Array): void {
    // The next answer of the connection is not this one's to break off.
    if (!this.#response.writableFinished) sayAndBreak(this.#response, last, () => this.#socket.destroy());
  }
}

/** A body that asks the caller for itself, with 100 Continue, at the first read. */
function onDemand(request: IncomingMessage, response: ServerResponse): Readable {
  let asked = false;
  const source = request[Symbol.asyncIterator].bind(request);
  const body = Readable.from(
    (async function* () {
      if (!asked) {
        asked = true;
        response.writeContinue();
      }
      yield* source();
    })(),
    { objectMode: false },
  );
  // Whoever reads it hears of its errors; once nobody does, one must not end the process.
  body.on('error', () => {});
  return body;
}

/** The way back to a caller that asks for an upgrade: an answer like any other, or the connection itself. */
class UpgradeReply extends Http1Reply {
  readonly #head: Buffer;
  readonly #parts: { readonly response: ServerResponse; readonly socket: Socket };
  #switched = false;
  #late: LateReply | undefined;

  constructor(response: ServerResponse, socket: Socket, head: Buffer) {
    super(response, socket);
    this.#parts = { response, socket };
    this.#head = head;
  }

  get switched(): boolean {
    return this.#switched;
  }

  override get begun(): boolean {
    return this.#switched ? (this.#late?.begun ?? true) : super.begun;
  }

  override begin(status: number, headers: Incoming['headers']): void {
    if (this.#switched) this.#late?.begin(status, headers);
    else super.begin(status, headers);
  }

  override flush(): void {
    if (!this.#switched) super.flush();
  }

  override async write(chunk: Uint8Array): Promise<void> {
    await (this.#switched ? this.#late?.write(chunk) : super.write(chunk));
  }

  override async end(last?: Uint8Array): Promise<void> {
    if (!this.#switched) return super.end(last);
    await this.#late?.end(last);
    this.cut();
  }

  override cut(): void {
    if (this.#switched) this.#parts.socket.destroy();
    else super.cut();
  }

  answerBy(late: LateReply): void {
    this.#late = late;
  }

  /** What came behind the request belongs to what is switched to. */
  switchTo(headers: Incoming['headers'], onClose: () => void): Duplex {
    const { response, socket } = this.#parts;
    if (socket.destroyed) throw new CallerGone();
    this.#switched = true;
    response.detachSocket(socket);
    socket.once('close', onClose);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    if (this.#head.length > 0) socket.unshift(this.#head);
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`);
    return socket;
  }
}

function incoming(request: IncomingMessage, response: ServerResponse, body: Readable, upgrade?: Buffer): Incoming {
  const gone = new AbortController();
  response.on('error', () => gone.abort());
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  const upgradeReply = upgrade && new UpgradeReply(response, request.socket, upgrade);
  return {
    ...(upgradeReply && {
      switchTo: (headers) => upgradeReply.switchTo(headers, () => gone.abort()),
      answerBy: (late) => upgradeReply.answerBy(late),
    }),
    protocol: request.httpVersion === '1.1' ? 'HTTP/1.1' : 'other',
    method: request.method ?? '',
    target: request.url ?? '',
    headers: headerLines(request.rawHeaders),
    remoteAddress: request.socket.remoteAddress ?? '',
    remotePort: request.socket.remotePort ?? 0,
    body,
    hasBody: request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) !== 0,
    gone: gone.signal,
    reply: upgradeReply ?? new Http1Reply(response, request.socket),
  };
}

/** The responses that each connection still owes. */
class Owed {
  readonly #responses = new WeakMap<Duplex, UnderWay<ServerResponse>>();

  /** Returns how many the connection now owes. */
  add(socket: Duplex, response: ServerResponse): number {
    const owed = this.#responses.get(socket) ?? this.#begin(socket);
    response.once('close', owed.add(response));
    return owed.size;
  }

  /** Whether the connection owes any. */
  any(socket: Duplex): boolean {
    return (this.#responses.get(socket)?.size ?? 0) > 0;
  }

  /** Whether an answer has begun that is not over. */
  hasBegun(socket: Duplex): boolean {
    return (this.#responses.get(socket)?.items() ?? []).some(({ headersSent }) => headersSent);
  }

  #begin(socket: Duplex): UnderWay<ServerResponse> {
    const owed = new UnderWay<ServerResponse>();
    this.#responses.set(socket, owed);
    return owed;
  }
}

function whatIsUnreadable(code: string | undefined): HeadFault {
  if (code === 'HPE_HEADER_OVERFLOW') return 'ERR_HEAD_TOO_LARGE';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'ERR_HEAD_TIMEOUT' : 'ERR_HEAD_MALFORMED';
}

/** Connections that have been told what could not be read. */
class Unreadable {
  readonly #told = new WeakSet<Duplex>();
  readonly #onUnreadable: OnUnreadable;

  constructor(onUnreadable: OnUnreadable) {
    this.#onUnreadable = onUnreadable;
  }

  /**
   * Says what could not be read, unless that would stand in the middle of an answer, and closes the connection: once its
   * caller has, for what came and is thrown away unread would take the answer with it, or after a second.
   */
  end(socket: Socket, isAnswering: boolean, code: string | undefined): void {
    // What still comes is no more readable.
    if (this.#told.has(socket)) return;
    if (isAnswering || !socket.writable) {
      socket.destroy();
      return;
    }
    this.#told.add(socket);
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('end', () => socket.destroy());
    socket.once('close', () => clearTimeout(timer));
    socket.end(unreadableBytes(this.#onUnreadable(whatIsUnreadable(code), socket.remoteAddress ?? '')));
  }
}

/**
 * Serves HTTP/1.1 on TLS sockets that are emitted at it as 'connection'. A request for an upgrade is judged like any
 * other; what its caller sends after it is read only once it was switched.
 */
export function createHttp1Server(
  options: Http1Options,
  onRequest: (incoming: Incoming) => void,
  onUnreadable: OnUnreadable,
): Server {
  const server = createServer({
    maxHeaderSize: options.maxHeaderBytes,
    headersTimeout: options.headersTimeoutMs,
    requestTimeout: 0,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: Math.min(options.headersTimeoutMs, 1_000),
    // Judged with the other headers, so that the answer is a Status.
    requireHostHeader: false,
  });
  // Only a listening server checks its timeouts and counts its connections; these sockets come from the TLS server.
  server.emit('listening');
  const owed = new Owed();
  const unreadableHeads = new Unreadable(onUnreadable);
  const take = (request: IncomingMessage, response: ServerResponse, body: Readable, upgrade?: Buffer) => {
    if (owed.add(request.socket, response) > options.maxPipelined) request.socket.destroy();
    else onRequest(incoming(request, response, body, upgrade));
  };
  server.on('request', (request, response) => take(request, response, request));
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    take(request, response, onDemand(request, response)),
  );
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    take(request, response, request),
  );
  const takeUpgrade = (request: IncomingMessage, socket: Duplex, upgrade?: Buffer) => {
    socket.on('error', () => socket.destroy());
    // Node lets one answer at a time have a connection: what comes behind a request that has none yet can't be switched.
    // Of an upgrade whose body is not whole, `socket` is not the connection itself.
    if (owed.any(request.socket)) {
      request.socket.destroy();
      return;
    }
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(request.socket);
    response.once('finish', () => request.socket.end(() => request.socket.destroy()));
    take(request, response, Readable.from([]), upgrade);
  };
  server.on('upgrade', takeUpgrade);
  server.on('connect', (request: IncomingMessage, socket: Duplex) => takeUpgrade(request, socket));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    unreadableHeads.end(socket as Socket, owed.hasBegun(socket), error.code),
  );
  return server;
}
