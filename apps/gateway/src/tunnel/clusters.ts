// SPDX-License-Identifier: Apache-2.0
import type { Duplex, Readable } from 'node:stream';

/** Header lines in order, names in lower case; a name may repeat. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** A request as it leaves the gateway: target and headers were built from what was judged. */
export interface UpstreamRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderLines;
  readonly body: Uint8Array | undefined;
  /** Aborting cancels the stream in the tunnel and the request behind it. */
  readonly signal: AbortSignal;
}

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: HeaderLines;
  /**
   * MUST be read or destroyed. Destroying it cancels the request; back-pressure reaches the API server. It ends only
   * when the whole body came; a cut one fails with `ERR_TUNNEL_LOST`.
   */
  readonly body: Readable;
}

/** A request for an HTTP/1.1 upgrade, which the connector performs with its own credential on a socket of its own. */
export interface UpgradeRequest {
  readonly method: 'GET' | 'POST';
  readonly target: string;
  /** Without Connection and Upgrade: the connector sets them. */
  readonly headers: HeaderLines;
  readonly protocol: 'websocket' | 'SPDY/3.1';
  readonly signal: AbortSignal;
}

/** What upstream said to an upgrade: after 101 its socket's bytes, both ways; otherwise an ordinary answer. */
export type UpgradeResponse =
  | { readonly switched: true; readonly headers: HeaderLines; readonly stream: Duplex }
  | ({ readonly switched: false } & UpstreamResponse);

/** A live tunnel of a connector. */
export interface ConnectedTunnel {
  readonly connector: string;
  /** RFC 3339 UTC. */
  readonly since: string;
  /** The connector's own version. */
  readonly version: string;
}

/**
 * The clusters behind this gateway, each reached through the tunnels that its connectors have dialled.
 * @throws TunnelError `ERR_TUNNEL_NONE` (no connector: nothing was sent), `ERR_TUNNEL_FULL` (no stream is free: likewise),
 * `ERR_TUNNEL_LOST` (cut; `sent` says whether
 * the request may have reached the API server), `ERR_TUNNEL_UPSTREAM` (the connector got no answer from the API server),
 * `ERR_TUNNEL_REQUEST` (a request that may not cross the tunnel), `ERR_TUNNEL_CANCELLED` (by its signal).
 */
export interface Clusters {
  request(cluster: string, request: UpstreamRequest): Promise<UpstreamResponse>;
  upgrade(cluster: string, request: UpgradeRequest): Promise<UpgradeResponse>;
  /** Connectors with a live tunnel, by cluster. */
  connected(cluster: string): readonly ConnectedTunnel[];
}
