// SPDX-License-Identifier: Apache-2.0
import {
  constants,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import { CallerGone, drained, headerLines, type Incoming, type Reply, sayAndBreak } from './incoming.ts';
import type { OnUnreadable } from './unreadable-answer.ts';

const MAX_SESSION_MEMORY_MB = 64;
const STREAM_WINDOW_BYTES = 1_048_576;
const MAX_HEADER_PAIRS = 128;
/** How long a caller may leave unread that its head is too large. */
const UNREADABLE_MS = 10_000;

export interface Http2Options {
  readonly maxHeaderBytes: number;
  readonly maxStreams: number;
}

class Http2Reply implements Reply {
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
  }

  get begun(): boolean {
    return this.#stream.headersSent;
  }

  closeConnection(): void {
    this.#stream.session?.close();
  }

  begin(status: number, headers: Incoming['headers']): void {
    if (this.#stream.destroyed || this.#stream.closed) throw new CallerGone();
    this.#stream.respond([constants.HTTP2_HEADER_STATUS, String(status), ...linesOf(headers)]);
  }

  /** `respond` has sent it. */
  flush(): void {}

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#stream.destroyed) throw new CallerGone();
    if (!this.#stream.write(chunk)) await drained(this.#stream);
  }

  async end(last?: Uint8Array): Promise<void> {
    if (this.#stream.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#stream.once('close', resolve);
      this.#stream.end(last, () => {
        // A caller that is still sending its body would wait for room for ever.
        if (!this.#stream.endAfterHeaders && !this.#stream.readableEnded)
          this.#stream.close(constants.NGHTTP2_NO_ERROR);
        resolve();
      });
    });
  }

  /** Not by `close`, which first sends END_STREAM: to a client that is a whole answer, and what comes after it nothing. */
  cut(last?: Uint8Array): void {
    sayAndBreak(this.#stream, last, () => this.#stream.destroy(new CallerGone()));
  }
}

function incoming(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[]): Incoming {
  const gone = new AbortController();
  stream.on('error', () => gone.abort());
  stream.once('close', () => {
    if (!stream.writableFinished || stream.rstCode !== constants.NGHTTP2_NO_ERROR) gone.abort();
  });
  const socket = stream.session?.socket;
  return {
    protocol: 'HTTP/2',
    method: String(headers[':method'] ?? ''),
    target: String(headers[':path'] ?? ''),
    headers: [
      ...(headers[':authority'] === undefined ? [] : [['host', headers[':authority']] as const]),
      ...headerLines(raw).filter(([name]) => !name.startsWith(':')),
    ],
    remoteAddress: socket?.remoteAddress ?? '',
    remotePort: socket?.remotePort ?? 0,
    body: stream,
    hasBody: !stream.endAfterHeaders,
    gone: gone.signal,
    reply: new Http2Reply(stream),
  };
}

/** The size that `SETTINGS_MAX_HEADER_LIST_SIZE` is about (RFC 9113 §6.5.2), which nghttp2 announces but does not hold. */
function headerListBytes(raw: readonly string[]): number {
  return raw.reduce((bytes, text) => bytes + text.length, 16 * raw.length);
}

function linesOf(headers: Incoming['headers']): readonly string[] {
  return headers.filter(([name]) => name !== 'connection').flat();
}

function refuseHead(stream: ServerHttp2Stream, onUnreadable: OnUnreadable): void {
  const source = stream.session?.socket.remoteAddress ?? '';
  const { status, headers, body } = onUnreadable('ERR_HEAD_TOO_LARGE', source);
  stream.on('error', () => stream.destroy());
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM), UNREADABLE_MS);
  stream.once('close', () => clearTimeout(timer));
  stream.respond([constants.HTTP2_HEADER_STATUS, String(status), ...linesOf(headers)]);
  stream.end(body, () => stream.close(constants.NGHTTP2_NO_ERROR));
}

/** Serves HTTP/2 on a connection whose TLS is up. */
export function serveHttp2(
  socket: Duplex,
  options: Http2Options,
  onRequest: (incoming: Incoming) => void,
  onUnreadable: OnUnreadable,
): ServerHttp2Session {
  const session = performServerHandshake(socket, {
    maxSessionMemory: MAX_SESSION_MEMORY_MB,
    maxHeaderListPairs: MAX_HEADER_PAIRS,
    settings: {
      enablePush: false,
      enableConnectProtocol: false,
      initialWindowSize: STREAM_WINDOW_BYTES,
      maxConcurrentStreams: options.maxStreams,
      maxHeaderListSize: options.maxHeaderBytes,
    },
  });
  session.on('stream', (stream: ServerHttp2Stream, headers, _flags, raw: unknown) => {
    if (headerListBytes(raw as string[]) > options.maxHeaderBytes) refuseHead(stream, onUnreadable);
    else onRequest(incoming(stream, headers, raw as string[]));
  });
  session.on('error', () => session.destroy());
  return session;
}
