// SPDX-License-Identifier: Apache-2.0
import { type ClientHttp2Session, type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import {
  isTunnelProblem,
  responseHeaderLines,
  TUNNEL_CONNECT_PROTOCOL,
  TUNNEL_HEADERS,
  tunnelRequestProblem,
} from '@countersign/wire';
import type { HeaderLines, UpgradeRequest, UpgradeResponse, UpstreamRequest, UpstreamResponse } from './clusters.ts';
import { TunnelError, upstreamError } from './tunnel-error.ts';
import { TunnelBody, TunnelStream } from './tunnel-stream.ts';

/** The head of an answer, in the turn in which it came. */
interface AnswerHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly lines: HeaderLines;
  /** The head was all there is. */
  readonly ended: boolean;
}

/**
 * Sends one request through a session.
 * @throws TunnelError
 */
export function exchange(
  session: ClientHttp2Session,
  authority: string,
  request: UpstreamRequest,
): Promise<UpstreamResponse> {
  assertMayCross(request, 'request');
  const head = requestHead(authority, request);
  if (request.body) head.push('content-length', String(request.body.byteLength));
  const opened = openStream(session, head, request.body === undefined);
  if (request.body) opened.end(request.body);
  return answer(opened, request.signal, (stream, { status, lines, ended }) => {
    const body = follow(new TunnelBody(stream, ended), request.signal);
    return { status, headers: lines, body };
  });
}

/**
 * Asks for an upgrade through a session whose peer allows extended CONNECT.
 * @throws TunnelError
 */
export function exchangeUpgrade(
  session: ClientHttp2Session,
  authority: string,
  request: UpgradeRequest,
): Promise<UpgradeResponse> {
  assertMayCross(request, 'upgrade');
  const head = requestHead(authority, { ...request, method: 'CONNECT' });
  head.push(':protocol', TUNNEL_CONNECT_PROTOCOL);
  head.push(TUNNEL_HEADERS.upgradeMethod, request.method, TUNNEL_HEADERS.upgradeProtocol, request.protocol);
  const opened = openStream(session, head, false);
  return answer<UpgradeResponse>(opened, request.signal, (stream, { headers, lines, ended }) => {
    const status = Number(headers[TUNNEL_HEADERS.upgradeStatus]);
    if (!Number.isInteger(status) || status < 101) throw lost(stream, new TypeError('no upgrade status'));
    const switched = status === 101;
    if (switched) return { switched, headers: lines, stream: follow(new TunnelStream(stream, ended), request.signal) };
    return { switched, status, headers: lines, body: follow(new TunnelBody(stream, ended), request.signal) };
  });
}

function assertMayCross(request: UpstreamRequest | UpgradeRequest, kind: 'request' | 'upgrade'): void {
  const problem = tunnelRequestProblem(request, kind);
  if (problem === undefined) return;
  throw new TunnelError('ERR_TUNNEL_REQUEST', `this may not cross a tunnel: ${problem}`, { sent: false });
}

function requestHead(authority: string, request: { method: string; target: string; headers: HeaderLines }): string[] {
  const head = [':method', request.method, ':scheme', 'https', ':authority', authority, ':path', request.target];
  for (const [name, value] of request.headers) if (name !== 'content-length') head.push(name, value);
  return head;
}

function openStream(session: ClientHttp2Session, head: string[], endStream: boolean): ClientHttp2Stream {
  try {
    return session.request(head, { endStream });
  } catch (cause) {
    throw new TunnelError('ERR_TUNNEL_LOST', 'the tunnel to the cluster is closing', { sent: false, cause });
  }
}

/** Waits for the head of an answer and makes of it what `decode` says, before any of its data can come. */
function answer<T>(
  stream: ClientHttp2Stream,
  signal: AbortSignal,
  decode: (stream: ClientHttp2Stream, head: AnswerHead) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    let given = false;
    const cancel = () => {
      given = true;
      reject(cancelled());
      stream.close(constants.NGHTTP2_CANCEL);
    };
    stream.on('error', (cause: Error) => {
      failure = cause;
    });
    stream.once('close', () => {
      signal.removeEventListener('abort', cancel);
      if (!given) reject(lost(stream, failure));
    });
    stream.once('response', (headers, flags, raw) => {
      signal.removeEventListener('abort', cancel);
      // An answer may still come after a cancel; nobody waits for its body.
      if (given) return;
      given = true;
      try {
        assertFromUpstream(headers);
        const ended = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
        resolve(decode(stream, { status: headers[':status'] ?? 0, headers, lines: responseHeaderLines(raw), ended }));
      } catch (error) {
        stream.close(constants.NGHTTP2_CANCEL);
        reject(error);
      }
    });
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
}

function assertFromUpstream(headers: IncomingHttpHeaders): void {
  const problem = headers[TUNNEL_HEADERS.problem];
  if (problem === undefined) return;
  const sent = headers[TUNNEL_HEADERS.sent] !== 'false';
  throw upstreamError(typeof problem === 'string' && isTunnelProblem(problem) ? problem : 'upstream-protocol', sent);
}

/** Lets a signal end a body for as long as the body lives. */
function follow<Body extends TunnelBody | TunnelStream>(body: Body, signal: AbortSignal): Body {
  const cancel = () => body.destroy(cancelled());
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  body.once('close', () => signal.removeEventListener('abort', cancel));
  return body;
}

function cancelled(): TunnelError {
  return new TunnelError('ERR_TUNNEL_CANCELLED', 'the request was cancelled', { sent: true });
}

/** A stream that never got an id was not sent; one that the peer refused (RFC 9113 §8.7) was not looked at. */
function lost(stream: ClientHttp2Stream, cause: Error | undefined): TunnelError {
  const sent = stream.id !== undefined && stream.rstCode !== constants.NGHTTP2_REFUSED_STREAM;
  return new TunnelError('ERR_TUNNEL_LOST', 'the tunnel to the cluster was cut before its answer', { sent, cause });
}
