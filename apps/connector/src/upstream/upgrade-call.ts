// SPDX-License-Identifier: Apache-2.0
import { request as requestHttp } from 'node:http';
import type { Duplex } from 'node:stream';
import { responseHeaderLines, type TunnelHeaderLines } from '@countersign/wire';
import { UpstreamError } from '../connector-error.ts';
import type { ClusterCredential } from '../credential/cluster-credential.ts';
import type { UpstreamAnswer } from './answer.ts';
import { connectUpstream } from './connect.ts';
import { http1Headers } from './http1-call.ts';

const PROTOCOLS = ['websocket', 'SPDY/3.1'] as const;

/** What an upgrade may switch to. */
export type UpgradeProtocol = (typeof PROTOCOLS)[number];

export function isUpgradeProtocol(text: unknown): text is UpgradeProtocol {
  return (PROTOCOLS as readonly unknown[]).includes(text);
}

/** The API server's word on an upgrade: its socket, with the bytes it had sent already, or an ordinary answer. */
type UpgradeAnswer =
  | { readonly switched: true; readonly lines: TunnelHeaderLines; readonly socket: Duplex }
  | (UpstreamAnswer & { readonly switched: false });

export interface UpgradeCall {
  /** @throws UpstreamError */
  readonly answer: Promise<UpgradeAnswer>;
  cancel(): void;
}

/**
 * Asks for an upgrade on a connection of its own, which nothing else ever uses: after an answer other than 101 its body
 * is read to the end and the connection closed, so no byte of the caller's can become a second request. A 101 to
 * another protocol than was asked for is no answer at all.
 * @throws UpstreamError `upstream-unreachable`, `upstream-untrusted`
 */
export async function callUpgrade(
  credential: ClusterCredential,
  ask: { readonly method: string; readonly target: string; readonly headers: TunnelHeaderLines },
  protocol: UpgradeProtocol,
): Promise<UpgradeCall> {
  const socket = await connectUpstream(credential, ['http/1.1']);
  const headers = http1Headers(credential, ask);
  headers.push('connection', 'Upgrade', 'upgrade', protocol);
  if (ask.method === 'POST') headers.push('content-length', '0');
  const outgoing = requestHttp({
    createConnection: () => socket,
    method: ask.method,
    path: `${credential.basePath}${ask.target}`,
    headers,
  });
  const answer = new Promise<UpgradeAnswer>((resolve, reject) => {
    outgoing.once('error', (cause) => reject(new UpstreamError('upstream-cut', true, { cause })));
    outgoing.once('upgrade', (response, upgraded, head) => {
      if (response.headers.upgrade?.toLowerCase() !== protocol.toLowerCase()) {
        upgraded.destroy();
        reject(new UpstreamError('upstream-protocol', true));
        return;
      }
      if (head.byteLength > 0) upgraded.unshift(head);
      resolve({ switched: true, lines: responseHeaderLines(response.rawHeaders), socket: upgraded });
    });
    outgoing.once('response', (response) => {
      response.on('error', () => {});
      response.once('close', () => socket.destroy());
      resolve({
        switched: false,
        status: response.statusCode ?? 0,
        lines: responseHeaderLines(response.rawHeaders),
        body: response,
        isWhole: () => response.complete,
      });
    });
  });
  outgoing.end();
  return { answer, cancel: () => void socket.destroy() };
}
