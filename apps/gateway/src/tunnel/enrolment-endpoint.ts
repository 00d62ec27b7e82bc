// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { ENROLMENT_MAX_BYTES, type EnrolmentResponse, TUNNEL_PATHS } from '@countersign/wire';
import type { RefusalLimit } from '../limits/refusal-limit.ts';
import { type EnrolmentOffice, enrol, renew } from './enrolment.ts';
import { presentedBy, refusalFor, refusedParty } from './refusal.ts';
import { TunnelRefusedError } from './tunnel-error.ts';

/** Answers the plain requests of the tunnel port: enrolment and renewal. Always answers, then closes the connection. */
export async function answerEnrolment(
  parts: { readonly office: EnrolmentOffice; readonly refusals: RefusalLimit },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const source = request.socket.remoteAddress ?? '';
  const party = refusedParty(request.socket as TLSSocket);
  try {
    if (parts.refusals.isExceeded(party)) {
      throw new TunnelRefusedError('ERR_TUNNEL_RATE', 'too many refusals lately; wait a minute');
    }
    reply(response, 200, await dispatch(parts.office, request, source));
  } catch (error) {
    parts.refusals.count(party);
    const { status, refusal } = refusalFor(error);
    reply(response, status, refusal);
    await parts.office.record({ type: 'refused', code: refusal.code, source }).catch(() => {});
  }
}

async function dispatch(office: EnrolmentOffice, request: IncomingMessage, source: string): Promise<EnrolmentResponse> {
  if (request.url === TUNNEL_PATHS.tunnel) {
    throw new TunnelRefusedError('ERR_TUNNEL_REQUEST', 'a tunnel starts with an upgrade of HTTP/1.1');
  }
  if (request.method !== 'POST' || (request.url !== TUNNEL_PATHS.enrol && request.url !== TUNNEL_PATHS.renew)) {
    const known = Object.values(TUNNEL_PATHS).join(', ');
    throw new TunnelRefusedError('ERR_TUNNEL_NOT_FOUND', `this port is for connectors and knows ${known}`);
  }
  const body = await readJson(request);
  if (request.url === TUNNEL_PATHS.enrol) return enrol(office, body, source);
  return renew(office, body, presentedBy(request.socket as TLSSocket), source);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > ENROLMENT_MAX_BYTES) {
      throw new TunnelRefusedError('ERR_TUNNEL_REQUEST', `the body is longer than ${ENROLMENT_MAX_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (cause) {
    throw new TunnelRefusedError('ERR_TUNNEL_REQUEST', 'the body is not JSON', { cause });
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(text);
}
