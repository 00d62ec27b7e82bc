// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { KubeError, webSocketAccept } from '@countersign/kube';
import type { Masked, Upgrade } from '../exchange.ts';
import { Fault, type FaultCode } from '../faults.ts';
import type { HeaderLines } from '../tunnel/clusters.ts';

/** A session that was let through: both sides have agreed to switch. */
export type Session = Masked &
  Required<Pick<Masked, 'recorded' | 'upstream' | 'upstreamTransport'>> & { readonly upgrade: Upgrade };

export function isSession(exchange: Masked): exchange is Session {
  const { recorded, upstream, upstreamTransport, upgrade } = exchange;
  return [recorded, upstream, upstreamTransport, upgrade].every((part) => part !== undefined);
}

/** A side whose bytes can't be read is at fault for it, whichever code they are refused with. */
export function blaming(code: FaultCode, error: unknown): unknown {
  return error instanceof KubeError ? new Fault(code, error.message, { cause: error }) : error;
}

/** The headers of the 101 that a caller's offer is answered with. */
export function switchHeaders({ offer, protocol }: Upgrade): HeaderLines {
  if (offer.transport === 'spdy') {
    return [
      ['connection', 'Upgrade'],
      ['upgrade', 'SPDY/3.1'],
      ['x-stream-protocol-version', protocol.name],
    ];
  }
  const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest();
  return [
    ['connection', 'Upgrade'],
    ['upgrade', 'websocket'],
    ['sec-websocket-accept', webSocketAccept(offer.key, sha1)],
    ['sec-websocket-protocol', protocol.name],
  ];
}
