// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';

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
  /** MUST be read or destroyed. Destroying it cancels the request; back-pressure reaches the API server. */
  readonly body: Readable;
}

/**
 * The clusters behind this gateway, each reached through the tunnels that its connectors have dialled.
 * @throws TunnelError `ERR_TUNNEL_NONE` (no connector: nothing was sent), `ERR_TUNNEL_LOST` (cut; `sent` says whether
 * the request may have reached the API server), `ERR_TUNNEL_UPSTREAM` (the connector could not reach the API server).
 */
export interface Clusters {
  request(cluster: string, request: UpstreamRequest): Promise<UpstreamResponse>;
  /** Connectors with a live tunnel, by cluster. */
  connected(
    cluster: string,
  ): readonly { readonly connector: string; readonly since: string; readonly version: string }[];
}
