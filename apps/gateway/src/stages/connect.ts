// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { checkWebSocketAnswer, encodeWebSocketKey, KubeError, serializeTarget } from '@countersign/kube';
import { askUpstream, userAgentLines } from '../ask-upstream.ts';
import type { Committed, Forwarded } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { identityLines } from '../identity/upstream-identity.ts';
import type { Stage } from '../lane-table.ts';
import type { Log } from '../log/log.ts';
import { upkeepRecord } from '../records/upkeep-record.ts';
import type { Clusters, HeaderLines, UpgradeRequest, UpgradeResponse } from '../tunnel/clusters.ts';

/** The versions that can half-close, or open connections, whichever the caller speaks; of SPDY all have streams for that. */
const PROTOCOLS = {
  exec: { webSocket: 'v5.channel.k8s.io', spdy: 'v4.channel.k8s.io' },
  portforward: { webSocket: 'SPDY/3.1+portforward.k8s.io', spdy: 'portforward.k8s.io' },
} as const;

export interface ConnectParts {
  readonly clusters: Clusters;
  readonly log: Log;
}

function sha1(bytes: Uint8Array): Uint8Array {
  return createHash('sha1').update(bytes).digest();
}

/** The request as it goes upstream: a handshake of the gateway's own, nothing of the caller's. */
function upgradeRequest(
  exchange: Committed,
  id: string,
  handshake: HeaderLines,
): Omit<UpgradeRequest, 'method' | 'protocol'> {
  const { request, lane, headers, abort } = exchange;
  // Ports are named in the tunnel, each once it is decided.
  const query = lane === 'portforward' ? request.query.filter(({ name }) => name !== 'ports') : request.query;
  return {
    target: serializeTarget({ segments: request.segments, query }),
    headers: [['audit-id', id], ...identityLines(exchange), ...handshake, ...userAgentLines(headers)],
    signal: abort.signal,
  };
}

/** What is no 101 is an answer like any other. */
function unswitched(exchange: Committed, answer: Extract<UpgradeResponse, { switched: false }>): Forwarded | Fault {
  const { status, headers, body } = answer;
  if (status < 300 || status >= 400) return { ...exchange, response: { status, headers, body } };
  body.destroy();
  return new Fault('ERR_UPSTREAM_REDIRECT');
}

/**
 * Whether a POST may be let where this GET was not. WebSocket begins with GET, for which the cluster's RBAC wants `get` of
 * the subresource; roles that were written for SPDY grant `create` alone. And the API server refuses in JSON: what refuses
 * a handshake otherwise is something behind it that doesn't speak WebSocket.
 */
function isSpdyWorthwhile({ status, headers }: Extract<UpgradeResponse, { switched: false }>): boolean {
  const type = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  return status === 403 || (status >= 400 && !type.startsWith('application/json'));
}

/** One session, or port-forward, that is asked for upstream. */
class Connecting {
  readonly #exchange: Committed;
  readonly #parts: ConnectParts;
  readonly #protocols: (typeof PROTOCOLS)[keyof typeof PROTOCOLS];

  constructor(exchange: Committed, parts: ConnectParts, lane: keyof typeof PROTOCOLS) {
    this.#exchange = exchange;
    this.#parts = parts;
    this.#protocols = PROTOCOLS[lane];
  }

  async byWebSocket(): Promise<Forwarded | Fault> {
    const { id, cluster, abort } = this.#exchange;
    const [key, protocol] = [encodeWebSocketKey(randomBytes(16)), this.#protocols.webSocket];
    const request = upgradeRequest(this.#exchange, id, [
      ['sec-websocket-key', key],
      ['sec-websocket-protocol', protocol],
      ['sec-websocket-version', '13'],
    ]);
    const answer = await askUpstream(abort, true, () =>
      this.#parts.clusters.upgrade(cluster, { ...request, method: 'GET', protocol: 'websocket' }),
    );
    if (answer.switched)
      return this.#switched(answer, 'websocket', () => checkWebSocketAnswer(answer.headers, { key, protocol }, sha1));
    if (!isSpdyWorthwhile(answer)) return unswitched(this.#exchange, answer);
    answer.body.destroy();
    return this.#bySpdy();
  }

  /** A second attempt, under an id of its own that is on record before anything of its answer is passed on. */
  async #bySpdy(): Promise<Forwarded | Fault> {
    const { cluster, abort } = this.#exchange;
    const attempt = randomUUID();
    const protocol = this.#protocols.spdy;
    const request = upgradeRequest(this.#exchange, attempt, [['x-stream-protocol-version', protocol]]);
    const record = (status: number | undefined) =>
      this.#parts.log.append([upkeepRecord(this.#exchange, { id: attempt, purpose: 'second-attempt', status })]);
    const answer = await askUpstream(abort, true, () =>
      this.#parts.clusters.upgrade(cluster, { ...request, method: 'POST', protocol: 'SPDY/3.1' }),
    ).catch(async (error: unknown) => {
      await record(undefined);
      throw error;
    });
    try {
      await record(answer.switched ? 101 : answer.status);
    } catch (error) {
      // Nobody else has it yet: what can't be put on record does not go on.
      (answer.switched ? answer.stream : answer.body).destroy();
      throw error;
    }
    return answer.switched
      ? this.#switched(answer, 'spdy', () => checkSpdyAnswer(answer.headers, protocol))
      : unswitched(this.#exchange, answer);
  }

  #switched(
    { headers, stream }: Extract<UpgradeResponse, { switched: true }>,
    upstreamTransport: 'websocket' | 'spdy',
    check: () => void,
  ): Forwarded | Fault {
    try {
      check();
    } catch (cause) {
      stream.destroy();
      if (!(cause instanceof KubeError)) throw cause;
      return new Fault('ERR_ANSWER_MALFORMED', cause.message, { cause });
    }
    const response = { status: 101, headers, body: stream };
    return { ...this.#exchange, response, upstream: stream, upstreamTransport };
  }
}

/** @throws KubeError `ERR_KUBE_UPGRADE` */
function checkSpdyAnswer(headers: HeaderLines, protocol: string): void {
  const chosen = headers.filter(([name]) => name === 'x-stream-protocol-version').map(([, value]) => value.trim());
  if (chosen.length === 1 && chosen[0] === protocol) return;
  throw new KubeError('ERR_KUBE_UPGRADE', 'the answer to a SPDY handshake agrees to what was not asked for');
}

/**
 * Asks the API server for the session that was judged, through a connector of its cluster, as the agent: by WebSocket,
 * whatever the caller speaks; by SPDY, as the same decision, where that is forbidden or refused by something that doesn't
 * speak WebSocket.
 */
export function connect(parts: ConnectParts, lane: keyof typeof PROTOCOLS): Stage<Committed, Forwarded> {
  return (exchange) => new Connecting(exchange, parts, lane).byWebSocket();
}
