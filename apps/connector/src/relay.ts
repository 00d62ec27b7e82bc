// SPDX-License-Identifier: Apache-2.0
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { TUNNEL_HEADERS, type TunnelHeaderLines, type TunnelProblem } from '@countersign/wire';
import type { UpstreamAnswer } from './upstream/answer.ts';

/** Answers in the API server's place: no answer came from there. */
export function relayProblem(stream: ServerHttp2Stream, problem: TunnelProblem, sent: boolean): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  stream.respond(
    { ':status': 502, [TUNNEL_HEADERS.problem]: problem, [TUNNEL_HEADERS.sent]: String(sent) },
    { endStream: true },
  );
  // What is left of the request's body has no reader any more.
  stream.resume();
}

/**
 * Passes an answer on as it comes, no faster than the gateway reads. The end mark goes out only after the whole body
 * came; a cut one is reset without it. `extra` are header lines of the tunnel's own.
 */
export function relayAnswer(stream: ServerHttp2Stream, answer: UpstreamAnswer, extra: TunnelHeaderLines = []): void {
  const { status, lines, body } = answer;
  if (stream.destroyed || stream.closed) {
    body.destroy();
    return;
  }
  let whole = false;
  stream.on('wantTrailers', () => {
    if (whole) stream.sendTrailers({ [TUNNEL_HEADERS.end]: 'complete' });
    else stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  });
  stream.respond([':status', String(status), ...lines.flat(), ...extra.flat()], { waitForTrailers: true });
  const declared = Number(lines.find(([name]) => name === 'content-length')?.[1] ?? Number.NaN);
  let bytes = 0;
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (!stream.write(chunk)) body.pause();
  });
  stream.on('drain', () => body.resume());
  body.once('end', () => {
    whole = answer.isWhole() && (Number.isNaN(declared) || declared === bytes || isBodiless(status));
    if (whole) stream.end();
    else cut(stream);
  });
  body.once('close', () => {
    if (!whole) cut(stream);
  });
}

/** Joins the socket of an upgrade with its stream, both ways, until both have ended or either is cut. */
export function relayBytes(stream: ServerHttp2Stream, lines: TunnelHeaderLines, socket: Duplex): void {
  let whole = false;
  stream.on('wantTrailers', () => {
    if (whole) stream.sendTrailers({ [TUNNEL_HEADERS.end]: 'complete' });
    else stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  });
  stream.respond([':status', '200', TUNNEL_HEADERS.upgradeStatus, '101', ...lines.flat()], { waitForTrailers: true });
  socket.on('data', (chunk: Buffer) => {
    if (!stream.write(chunk)) socket.pause();
  });
  stream.on('drain', () => socket.resume());
  socket.once('end', () => {
    whole = true;
    stream.end();
  });
  socket.once('close', () => {
    if (!whole) cut(stream);
  });
  stream.pipe(socket);
  stream.once('close', () => socket.destroy());
}

/** With `waitForTrailers`, closing sends no END_STREAM: the gateway sees a reset and no end mark. */
function cut(stream: ServerHttp2Stream): void {
  if (!stream.closed && !stream.destroyed) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}
