// SPDX-License-Identifier: Apache-2.0
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { TUNNEL_CONNECT_PROTOCOL, TUNNEL_HEADERS, tunnelRequestProblem } from '@countersign/wire';
import { UpstreamError } from './connector-error.ts';
import { relayAnswer, relayBytes, relayProblem } from './relay.ts';
import type { ApiServer } from './upstream/api-server.ts';
import { callUpgrade, isUpgradeProtocol, type UpgradeProtocol } from './upstream/upgrade-call.ts';

/** What a stream of the tunnel asks for. */
interface Ask {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly upgrade: UpgradeProtocol | undefined;
}

/**
 * Answers one stream of a tunnel from the API server. The connector's credential is added here and nowhere else; what a
 * gateway of this version never sends is refused, so that a confused one can't use the connector's own rights. `failed`
 * hears of every request that got no answer.
 */
export async function forward(
  api: ApiServer,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  raw: readonly string[],
  failed: (error: unknown) => void,
): Promise<void> {
  stream.on('error', () => {});
  try {
    const ask = readAsk(headers, raw);
    if (ask.upgrade) await forwardUpgrade(api, stream, { ...ask, upgrade: ask.upgrade });
    else await forwardCall(api, stream, ask, (flags & constants.NGHTTP2_FLAG_END_STREAM) === 0);
  } catch (error) {
    if (!stream.closed) failed(error);
    const known = error instanceof UpstreamError ? error : new UpstreamError('upstream-protocol', true);
    relayProblem(stream, known.problem, known.sent);
  }
}

function readAsk(headers: IncomingHttpHeaders, raw: readonly string[]): Ask {
  const lines: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (!name.startsWith(':') && !name.startsWith('countersign-')) lines.push([name, raw[i + 1] ?? '']);
  }
  const target = headers[':path'] ?? '';
  if (headers[':method'] !== 'CONNECT') {
    return allowed({ method: headers[':method'] ?? '', target, headers: lines, upgrade: undefined });
  }
  const method = headers[TUNNEL_HEADERS.upgradeMethod];
  const upgrade = headers[TUNNEL_HEADERS.upgradeProtocol];
  const known = headers[':protocol'] === TUNNEL_CONNECT_PROTOCOL && (method === 'GET' || method === 'POST');
  if (!known || !isUpgradeProtocol(upgrade)) throw new UpstreamError('request-refused', false);
  return allowed({ method, target, headers: lines, upgrade });
}

function allowed(ask: Ask): Ask {
  if (tunnelRequestProblem(ask, ask.upgrade ? 'upgrade' : 'request') === undefined) return ask;
  throw new UpstreamError('request-refused', false);
}

async function forwardCall(api: ApiServer, stream: ServerHttp2Stream, ask: Ask, hasBody: boolean): Promise<void> {
  // The declared length is how the API server knows a body that was cut on the way from a whole one.
  if (hasBody && !ask.headers.some(([name]) => name === 'content-length')) {
    throw new UpstreamError('request-refused', false);
  }
  const call = await api.call({ ...ask, body: hasBody ? stream : undefined });
  const answer = await answerUnlessClosed(stream, call);
  if (answer.status === 401) {
    api.credential.reject();
    call.cancel();
    throw new UpstreamError('credential-refused', true);
  }
  relayAnswer(stream, answer);
}

async function forwardUpgrade(
  api: ApiServer,
  stream: ServerHttp2Stream,
  ask: Ask & { readonly upgrade: UpgradeProtocol },
): Promise<void> {
  const credential = await api.credential.current();
  const call = await callUpgrade(credential, ask, ask.upgrade);
  const answer = await answerUnlessClosed(stream, call);
  if (answer.switched) {
    relayBytes(stream, answer.lines, answer.socket);
    return;
  }
  if (answer.status === 401) {
    api.credential.reject();
    call.cancel();
    throw new UpstreamError('credential-refused', true);
  }
  relayAnswer(stream, answer, [[TUNNEL_HEADERS.upgradeStatus, String(answer.status)]]);
}

/** The answer to a call, which is given up as soon as the gateway gives up its stream. */
function answerUnlessClosed<T>(stream: ServerHttp2Stream, call: { answer: Promise<T>; cancel(): void }): Promise<T> {
  if (stream.closed || stream.destroyed) call.cancel();
  else stream.once('close', () => call.cancel());
  return call.answer;
}
