// SPDX-License-Identifier: Apache-2.0
import type { TunnelRefusalCode } from '@countersign/wire';

/** A connector as its certificate names it. */
export interface ConnectorIdentity {
  readonly connector: string;
  readonly cluster: string;
  /** Of its certificate, in lower-case hex. */
  readonly serial: string;
  /** When that certificate, and with it the tunnel, ends: RFC 3339 UTC. */
  readonly notAfter: string;
}

/** Why a tunnel ended. */
export type TunnelEnd =
  | 'closed-by-connector'
  | 'silent'
  | 'cut'
  | 'certificate-expired'
  | 'certificate-revoked'
  | 'locked'
  | 'cluster-not-registered'
  | 'cluster-disabled'
  | 'could-not-be-checked'
  | 'ended-by-operator'
  | 'gateway-stopping';

/**
 * What happened on the tunnel listener, for the record. `source` is the peer's address: a personal detail, for sealed
 * fields only. `token` is the SHA-256 of a join token's secret part in hex, `tunnel` a UUID. Refusals come from peers
 * that nobody has authenticated: whoever records them counts, not lists.
 */
export type TunnelEvent =
  | { readonly type: 'token-issued'; readonly cluster: string; readonly token: string; readonly expiresAt: string }
  | (ConnectorIdentity & { readonly type: 'enrolled'; readonly source: string; readonly token: string })
  | (ConnectorIdentity & { readonly type: 'renewed'; readonly source: string; readonly previousSerial: string })
  | (ConnectorIdentity & { readonly type: 'revoked' })
  | (ConnectorIdentity & {
      readonly type: 'connected';
      readonly source: string;
      readonly version: string;
      readonly tunnel: string;
    })
  | (ConnectorIdentity & { readonly type: 'disconnected'; readonly reason: TunnelEnd; readonly tunnel: string })
  | { readonly type: 'refused'; readonly code: TunnelRefusalCode; readonly source: string };
