// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from 'node:crypto';
import { checkWebSocketAnswer, encodeWebSocketKey, KubeError, serializeTarget } from '@countersign/kube';
import { askUpstream, userAgentLines } from '../ask-upstream.ts';
import type { Committed, Forwarded } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { identityLines } from '../identity/upstream-identity.ts';
import type { Stage } from '../lane-table.ts';
import type { Clusters, HeaderLines } from '../tunnel/clusters.ts';

/** The version that can half-close, and the one that can open connections, whichever the caller speaks. */
const PROTOCOLS = { exec: 'v5.channel.k8s.io', portforward: 'SPDY/3.1+portforward.k8s.io' } as const;

function sha1(bytes: Uint8Array): Uint8Array {
  return createHash('sha1').update(bytes).digest();
}

/** The whole header set that goes upstream: a handshake of the gateway's own, nothing of the caller's. */
function upstreamHeaders(exchange: Committed, key: string, protocol: string): HeaderLines {
  const { headers, id } = exchange;
  return [
    ['audit-id', id],
    ...identityLines(exchange),
    ['sec-websocket-key', key],
    ['sec-websocket-protocol', protocol],
    ['sec-websocket-version', '13'],
    ...userAgentLines(headers),
  ];
}

/** What goes upstream of the target: ports are named in the tunnel, each once it is decided. */
function upstreamTarget({ request, lane }: Committed): string {
  const query = lane === 'portforward' ? request.query.filter(({ name }) => name !== 'ports') : request.query;
  return serializeTarget({ segments: request.segments, query });
}

/**
 * Asks the API server for the session that was judged, always as WebSocket, through a connector of its cluster, once, as
 * the agent. What is no 101 is an answer like any other.
 */
export function connect(clusters: Clusters, lane: keyof typeof PROTOCOLS): Stage<Committed, Forwarded> {
  const protocol = PROTOCOLS[lane];
  return async (exchange) => {
    const { abort, cluster } = exchange;
    const key = encodeWebSocketKey(randomBytes(16));
    const answer = await askUpstream(abort, true, () =>
      clusters.upgrade(cluster, {
        method: 'GET',
        target: upstreamTarget(exchange),
        headers: upstreamHeaders(exchange, key, protocol),
        protocol: 'websocket',
        signal: abort.signal,
      }),
    );
    if (!answer.switched) {
      const { status, headers, body } = answer;
      if (status < 300 || status >= 400) return { ...exchange, response: { status, headers, body } };
      body.destroy();
      return new Fault('ERR_UPSTREAM_REDIRECT');
    }
    const { headers, stream } = answer;
    try {
      checkWebSocketAnswer(headers, { key, protocol }, sha1);
    } catch (cause) {
      stream.destroy();
      if (!(cause instanceof KubeError)) throw cause;
      return new Fault('ERR_ANSWER_MALFORMED', cause.message, { cause });
    }
    return { ...exchange, response: { status: 101, headers, body: stream }, upstream: stream };
  };
}
