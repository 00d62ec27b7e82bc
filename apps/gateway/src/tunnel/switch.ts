// SPDX-License-Identifier: Apache-2.0
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { TUNNEL_HEADERS, TUNNEL_PATHS, TUNNEL_UPGRADE, TUNNEL_VERSION } from '@countersign/wire';
import type { RefusalLimit } from '../limits/refusal-limit.ts';
import type { EnrolmentOffice } from './enrolment.ts';
import { presentedBy, refusalFor, refusedParty } from './refusal.ts';
import { identifyConnector } from './standing.ts';
import { openTunnel, type Tunnel } from './tunnel.ts';
import { TunnelRefusedError } from './tunnel-error.ts';

/** What switching needs. */
export interface SwitchParts {
  readonly office: EnrolmentOffice;
  readonly refusals: RefusalLimit;
  readonly gatewayId: string;
  /** False when no further tunnel is taken. */
  readonly hasRoom: () => boolean;
}

/**
 * Makes a tunnel of a connection that asks for it, or says no in HTTP and closes it. Nothing of what the peer may have
 * sent ahead is used.
 */
export async function switchToTunnel(
  parts: SwitchParts,
  request: IncomingMessage,
  socket: TLSSocket,
  head: Buffer,
): Promise<Tunnel | undefined> {
  const source = socket.remoteAddress ?? '';
  const party = refusedParty(socket);
  try {
    if (parts.refusals.isExceeded(party)) {
      throw new TunnelRefusedError('ERR_TUNNEL_RATE', 'too many refusals lately; wait a minute');
    }
    assertHandshake(request, head);
    const identity = await identifyConnector(parts.office.store, presentedBy(socket), parts.office.now());
    if (!parts.hasRoom()) throw new TunnelRefusedError('ERR_TUNNEL_FULL', 'this gateway takes no more tunnels now');
    await writeSwitch(socket, parts.gatewayId);
    const version = String(request.headers[TUNNEL_HEADERS.connectorVersion] ?? '').slice(0, 64);
    return await openTunnel(socket, { identity, version }, parts.office.now);
  } catch (error) {
    parts.refusals.count(party);
    const { status, refusal } = refusalFor(error);
    refuse(socket, status, JSON.stringify(refusal));
    await parts.office.record({ type: 'refused', code: refusal.code, source }).catch(() => {});
    return undefined;
  }
}

function assertHandshake(request: IncomingMessage, head: Buffer): void {
  const { method, url, headers } = request;
  if (method !== 'GET' || url !== TUNNEL_PATHS.tunnel || headers.upgrade !== TUNNEL_UPGRADE || head.byteLength > 0) {
    throw new TunnelRefusedError(
      'ERR_TUNNEL_REQUEST',
      `only GET ${TUNNEL_PATHS.tunnel} with Upgrade: ${TUNNEL_UPGRADE}`,
    );
  }
  if (headers[TUNNEL_HEADERS.version] !== String(TUNNEL_VERSION)) {
    const message = `this gateway speaks tunnel version ${TUNNEL_VERSION} only; install a connector of its release`;
    throw new TunnelRefusedError('ERR_TUNNEL_VERSION', message);
  }
}

/** Resolves when the answer has left: Node aborts if HTTP/2 takes over a socket that still has a write under way. */
function writeSwitch(socket: TLSSocket, gatewayId: string): Promise<void> {
  const head = [
    'HTTP/1.1 101 Switching Protocols',
    'connection: upgrade',
    `upgrade: ${TUNNEL_UPGRADE}`,
    `${TUNNEL_HEADERS.version}: ${TUNNEL_VERSION}`,
    `${TUNNEL_HEADERS.gateway}: ${gatewayId}`,
  ];
  return new Promise((resolve, reject) => {
    socket.write(`${head.join('\r\n')}\r\n\r\n`, (error) => (error ? reject(error) : resolve()));
  });
}

function refuse(socket: TLSSocket, status: number, body: string): void {
  if (socket.destroyed) return;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
