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
    const body = new TunnelBody(stream, ended);
    return { body, answer: { status, headers: lines, body } };
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
    if (!switched) {
      const body = new TunnelBody(stream, ended);
      return { body, answer: { switched, status, headers: lines, body } };
    }
    const body = new TunnelStream(stream, ended);
    return { body, answer: { switched, headers: lines, stream: body } };
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

/** What was made of a head: what is answered, and the body in it. */
interface Decoded<T> {
  readonly answer: T;
  readonly body: TunnelBody | TunnelStream;
}

/**
 * Waits for the head of an answer and makes of it what `decode` says, before any of its data can come. The signal ends the
 * wait, and then the body for as long as that lives.
 */
function answer<T>(
  stream: ClientHttp2Stream,
  signal: AbortSignal,
  decode: (stream: ClientHttp2Stream, head: AnswerHead) => Decoded<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    let given = false;
    let end = () => {
      given = true;
      reject(cancelled());
      stream.close(constants.NGHTTP2_CANCEL);
    };
    const cancel = () => end();
    const unfollow = () => signal.removeEventListener('abort', cancel);
    stream.on('error', (cause: Error) => {
      failure = cause;
    });
    stream.once('close', () => {
      if (given) return;
      unfollow();
      reject(lost(stream, failure));
    });
    stream.once('response', (headers, flags, raw) => {
      // An answer may still come after a cancel; nobody waits for its body.
      if (given) return;
      given = true;
      try {
        assertFromUpstream(headers);
        const ended = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
        const head = { status: headers[':status'] ?? 0, headers, lines: responseHeaderLines(raw), ended };
        const { answer: made, body } = decode(stream, head);
        end = () => body.destroy(cancelled());
        body.once('close', unfollow);
        resolve(made);
      } catch (error) {
        unfollow();
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

function cancelled(): TunnelError {
  return new TunnelError('ERR_TUNNEL_CANCELLED', 'the request was cancelled', { sent: true });
}

/** A stream that never got an id was not sent; one that the peer refused (RFC 9113 §8.7) was not looked at. */
function lost(stream: ClientHttp2Stream, cause: Error | undefined): TunnelError {
  const sent = stream.id !== undefined && stream.rstCode !== constants.NGHTTP2_REFUSED_STREAM;
  return new TunnelError('ERR_TUNNEL_LOST', 'the tunnel to the cluster was cut before its answer', { sent, cause });
}
