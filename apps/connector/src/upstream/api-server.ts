// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { Agent } from 'node:https';
import type { ClusterCredential, CredentialSource } from '../credential/cluster-credential.ts';
import type { UpstreamCall, UpstreamRequest } from './answer.ts';
import { callOverHttp1, http1Agent } from './http1-call.ts';
import { callOverHttp2 } from './http2-call.ts';
import { type SessionPool, type SessionUse, sessionPool } from './session-pool.ts';

/** How long an API server that spoke HTTP/1.1 only is not asked for HTTP/2 again. */
const HTTP1_MEMORY_MS = 60_000;

/** The API server behind this connector. */
export interface ApiServer {
  /** @throws UpstreamError */
  call(request: UpstreamRequest): Promise<UpstreamCall>;
  readonly credential: CredentialSource;
  /** Lets calls under way finish; new ones would open new connections. */
  close(): void;
}

interface Connections {
  readonly identity: string;
  readonly pool: SessionPool;
  readonly agent: Agent;
  http1Until: number;
}

/**
 * Calls an API server over HTTP/2, or HTTP/1.1 where that is all it speaks. Connections belong to one server address,
 * CA and client certificate: when the credential's change, new ones are made and the old ones finish.
 */
export function apiServer(credential: CredentialSource, now: () => Date): ApiServer {
  let connections: Connections | undefined;
  const connectionsFor = (current: ClusterCredential): Connections => {
    const identity = connectionIdentity(current);
    if (connections?.identity === identity) return connections;
    close(connections);
    connections = { identity, pool: sessionPool(current), agent: http1Agent(current), http1Until: 0 };
    return connections;
  };
  return {
    credential,
    async call(request) {
      const current = await credential.current();
      const used = connectionsFor(current);
      if (now().getTime() >= used.http1Until) {
        const lease = await used.pool.lease(sessionUse(request));
        if (lease) return callOverHttp2(lease, current, request);
        used.http1Until = now().getTime() + HTTP1_MEMORY_MS;
      }
      return callOverHttp1(used.agent, current, request);
    },
    close: () => close(connections),
  };
}

function close(connections: Connections | undefined): void {
  if (!connections) return;
  connections.pool.drain();
  connections.agent.maxFreeSockets = 0;
  for (const socket of Object.values(connections.agent.freeSockets).flat()) socket?.destroy();
}

function connectionIdentity({ host, port, serverName, ca, client }: ClusterCredential): string {
  const parts = JSON.stringify([host, port, serverName, ca, client]);
  return createHash('sha256').update(parts).digest('hex');
}

function sessionUse({ method, target }: UpstreamRequest): SessionUse {
  return method === 'GET' && /[?&](?:watch|follow)(?:=(?!0|false)|&|$)/.test(target) ? 'long' : 'short';
}
