// SPDX-License-Identifier: Apache-2.0
import type { TLSSocket } from 'node:tls';
import { TUNNEL_REFUSALS, type TunnelRefusal } from '@countersign/wire';
import { sourceOf } from '../limits/source-of.ts';
import type { PresentedCertificate } from './standing.ts';
import { TunnelRefusedError } from './tunnel-error.ts';

/** What is answered for an error: a refusal says why, anything else only that nothing was decided. */
export function refusalFor(error: unknown): { readonly status: number; readonly refusal: TunnelRefusal } {
  const refusal: TunnelRefusal =
    error instanceof TunnelRefusedError
      ? { code: error.code, message: error.message }
      : { code: 'ERR_TUNNEL_UNAVAILABLE', message: 'the gateway could not evaluate this now; try again' };
  return { status: TUNNEL_REFUSALS[refusal.code].status, refusal };
}

/** The certificate that a peer presented, with TLS's verdict on it. */
export function presentedBy(socket: TLSSocket): PresentedCertificate {
  const verdict: Error | string | null = socket.authorizationError;
  return {
    certificate: socket.getPeerX509Certificate(),
    problem: socket.authorized ? undefined : String((verdict as NodeJS.ErrnoException | null)?.code ?? verdict),
  };
}

/**
 * Whom refusals are counted against: the certificate, where TLS has verified one, so that strangers can't keep out the
 * connectors of their own address; else the address.
 */
export function refusedParty(socket: TLSSocket): string {
  const { certificate, problem } = presentedBy(socket);
  return certificate && problem === undefined
    ? `certificate ${certificate.serialNumber}`
    : sourceOf(socket.remoteAddress ?? '');
}
