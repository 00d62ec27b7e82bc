// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { KubeError, parseJson, serializeTarget } from '@countersign/kube';
import { type LiveFacts, liveFactsOf, PolicyError } from '@countersign/policy';
import { upstreamUser } from '@countersign/wire';
import type { Gathered, Looked } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { identityLines } from '../identity/upstream-identity.ts';
import type { Stage } from '../lane-table.ts';
import type { Log } from '../log/log.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import type { Clusters, UpstreamResponse } from '../tunnel/clusters.ts';
import { TunnelError } from '../tunnel/tunnel-error.ts';

const TIMEOUT_MS = 30_000;
/** What an API server stores is smaller. */
const MAX_OBJECT_BYTES = 8 * 1024 * 1024;
/** Of the object no more is needed than its metadata; an aggregated API may not offer that. */
const ACCEPT = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json';

interface LookParts {
  readonly policies: PolicyStore;
  readonly clusters: Clusters;
  readonly log: Log;
}

/** The object itself, of whatever subresource the request is. */
function objectTarget({ request }: Gathered): string {
  const hasSubresource = request.kind === 'resource' && request.subresource !== '';
  return serializeTarget({ segments: hasSubresource ? request.segments.slice(0, -1) : request.segments, query: [] });
}

function ask(exchange: Gathered, clusters: Clusters, id: string): Promise<UpstreamResponse> {
  return clusters.request(exchange.cluster, {
    method: 'GET',
    target: objectTarget(exchange),
    headers: [['accept', ACCEPT], ['accept-encoding', 'identity'], ['audit-id', id], ...identityLines(exchange)],
    body: undefined,
    signal: AbortSignal.any([exchange.abort.signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
}

async function readAll({ body }: UpstreamResponse): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_OBJECT_BYTES) throw new Fault('ERR_POLICY_UNAVAILABLE', 'the live object is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function unavailable(status: number): Fault {
  if (status === 401 || status === 403) {
    const why = "a rule looks at the live object, which the cluster's own access rules (RBAC) don't let the agent read";
    return new Fault('ERR_POLICY_DENIED', why);
  }
  return new Fault('ERR_POLICY_UNAVAILABLE', `the cluster answered ${status} for the live object that a rule looks at`);
}

function factsOf(bytes: Uint8Array, { body }: Gathered): LiveFacts {
  try {
    return liveFactsOf(parseJson(bytes), body);
  } catch (cause) {
    if (!(cause instanceof KubeError || cause instanceof PolicyError)) throw cause;
    throw new Fault('ERR_POLICY_UNAVAILABLE', 'the live object that a rule looks at could not be read', { cause });
  }
}

async function liveObject(exchange: Gathered, { clusters, log }: LookParts): Promise<LiveFacts | null> {
  const id = randomUUID();
  let status: number | undefined;
  try {
    const response = await ask(exchange, clusters, id);
    status = response.status;
    const bytes = await readAll(response);
    if (status === 404) return null;
    if (status !== 200) throw unavailable(status);
    return factsOf(bytes, exchange);
  } catch (cause) {
    // What was asked for itself has not left: only this question may be lost.
    if (cause instanceof TunnelError && cause.sent) throw new Fault('ERR_UPSTREAM_UNREACHABLE', '', { cause });
    throw cause;
  } finally {
    const { principal, upstreamGroups, cluster } = exchange;
    const impersonated = { user: upstreamUser(principal.id), groups: [...upstreamGroups] };
    const answered = status === undefined ? {} : { status };
    await log.append([
      { type: 'upkeep', exchange: id, cluster, purpose: 'live-object', parent: exchange.id, impersonated, ...answered },
    ]);
  }
}

/**
 * Looks at the object that a request names, where a rule in force does: a request of the gateway's own, as the agent, on
 * record. What can't be had ends the exchange; an object that does not exist (yet) has no facts.
 */
export function look(parts: LookParts): Stage<Gathered, Looked> {
  return async (exchange) => {
    const { request, cluster } = exchange;
    const isWanted = parts.policies.forCluster(cluster).looksAtLive(request);
    return { ...exchange, live: isWanted ? await liveObject(exchange, parts) : undefined };
  };
}
