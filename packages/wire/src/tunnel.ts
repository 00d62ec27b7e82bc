// SPDX-License-Identifier: Apache-2.0

/**
 * Version 1 of the tunnel. A connector dials the gateway's tunnel listener over TLS 1.3 with its client certificate and
 * asks for the switch in HTTP/1.1; after the 101 the gateway speaks HTTP/2 as client, the connector as server:
 * ```
 * GET /v1/tunnel HTTP/1.1                          HTTP/1.1 101 Switching Protocols
 * connection: upgrade                              connection: upgrade
 * upgrade: countersign-tunnel                      upgrade: countersign-tunnel
 * countersign-tunnel-version: 1                    countersign-tunnel-version: 1
 * countersign-connector-version: 0.1.0             countersign-gateway: gw-1
 * ```
 * Every other answer has a `TunnelRefusal` as its body.
 */
export const TUNNEL_VERSION = 1;

/**
 * The name in every gateway's serving certificate. The gateway's own CA gives it to gateways only, so a connector
 * checks this name whatever address it dialled: a load balancer, a forwarded port, an IP address.
 */
export const TUNNEL_SERVER_NAME = 'gateway.tunnel.countersign.internal';

export const TUNNEL_UPGRADE = 'countersign-tunnel';

export const TUNNEL_PATHS = { enrol: '/v1/enrol', renew: '/v1/renew', tunnel: '/v1/tunnel' } as const;

/** Headers of the tunnel's own, at the handshake and in its HTTP/2 streams; none of them ever comes from upstream. */
export const TUNNEL_HEADERS = {
  version: 'countersign-tunnel-version',
  connectorVersion: 'countersign-connector-version',
  gateway: 'countersign-gateway',
  /** On an extended CONNECT: the HTTP method and the Upgrade token that the connector sends upstream. */
  upgradeMethod: 'countersign-upgrade-method',
  upgradeProtocol: 'countersign-upgrade-protocol',
  /** On the answer to an extended CONNECT: the status that upstream gave; after 101 the stream is upstream's socket. */
  upgradeStatus: 'countersign-upgrade-status',
  /** The connector answers instead of the API server: a `TunnelProblem`, and whether upstream may have the request. */
  problem: 'countersign-problem',
  sent: 'countersign-sent',
  /** Trailer with the value `complete`: without it a body was cut, however its stream ended. */
  end: 'countersign-end',
} as const;

/** `:protocol` of the extended CONNECT (RFC 8441) that asks the connector for an upgrade upstream. */
export const TUNNEL_CONNECT_PROTOCOL = 'countersign-upgrade';

/** Both ends ping; an end whose ping has had no answer in time lets the tunnel go: at most 10 s after the peer stopped. */
export const TUNNEL_PING = { intervalMs: 5_000, timeoutMs: 5_000 } as const;

/**
 * HTTP/2 limits of both ends. Unread data of a stream is bounded by its window, that of a tunnel by streams × window:
 * Node returns session credit on receipt, so the session window bounds nothing.
 */
export const TUNNEL_LIMITS = {
  streamWindowBytes: 1024 * 1024,
  sessionWindowBytes: 16 * 1024 * 1024,
  maxFrameBytes: 256 * 1024,
  maxStreams: 16_384,
  maxHeaderListBytes: 128 * 1024,
  /** One header value or target. nghttp2's HPACK decoder ends the whole tunnel over a longer one. */
  maxFieldBytes: 64 * 1024,
  maxHeaderPairs: 1_024,
  maxSessionMemoryMb: 256,
  /** Cancelling thousands of streams at once is normal between two authenticated ends. */
  streamResets: 50_000,
} as const;

/** Why the connector answered itself. */
export type TunnelProblem =
  | 'request-refused'
  | 'upstream-unreachable'
  | 'upstream-untrusted'
  | 'upstream-cut'
  | 'upstream-busy'
  | 'upstream-protocol'
  | 'credential-unavailable'
  | 'credential-refused';

/** What each problem means, for people. */
export const TUNNEL_PROBLEMS: Readonly<Record<TunnelProblem, string>> = {
  'request-refused': 'the connector refused a request that no gateway of this version sends',
  'upstream-unreachable': 'the connector could not reach the API server',
  'upstream-untrusted': "the API server's certificate was not issued by the cluster's CA",
  'upstream-cut': 'the connection between connector and API server was cut',
  'upstream-busy': 'the connector has as many requests under way as it may have',
  'upstream-protocol': 'the API server answered in a way that HTTP does not allow',
  'credential-unavailable': 'the connector could not read the cluster credential',
  'credential-refused': "the API server did not accept the connector's credential",
};

/** True for the words of `TunnelProblem`. */
export function isTunnelProblem(word: string): word is TunnelProblem {
  return Object.hasOwn(TUNNEL_PROBLEMS, word);
}
