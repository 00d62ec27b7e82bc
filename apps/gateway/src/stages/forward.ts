// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import { openapiRedirect, serializeTarget } from '@countersign/kube';
import { askUpstream, userAgentLines } from '../ask-upstream.ts';
import type { Committed, Forwarded } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { identityLines } from '../identity/upstream-identity.ts';
import type { Stage } from '../lane-table.ts';
import type { Clusters, HeaderLines, UpstreamRequest, UpstreamResponse } from '../tunnel/clusters.ts';

/** The whole header set that goes upstream. Nothing is copied but what is named here. */
function upstreamHeaders(exchange: Committed): HeaderLines {
  const { headers, lane, accept, body } = exchange;
  const lines: (readonly [string, string])[] = [
    ['accept-encoding', 'identity'],
    ['audit-id', exchange.attempt ?? exchange.id],
    ...identityLines(exchange),
    ...userAgentLines(headers),
  ];
  if (accept !== undefined) lines.push(['accept', accept]);
  if (body) lines.push(['content-type', body.contentType]);
  if (lane === 'discovery' && headers.ifNoneMatch !== undefined) lines.push(['if-none-match', headers.ifNoneMatch]);
  return lines;
}

/** The request as it goes upstream: written again from the parse that was judged. */
function upstreamRequest(exchange: Committed): UpstreamRequest {
  return {
    method: exchange.request.method,
    target: serializeTarget(exchange.request),
    headers: upstreamHeaders(exchange),
    body: exchange.body?.bytes,
    signal: exchange.abort.signal,
  };
}

/**
 * A redirect as it is passed on: only that of an OpenAPI document whose hash has changed, to where the caller finds it
 * with its new one.
 */
function redirected({ cluster, request }: Committed, { status, headers, body }: UpstreamResponse) {
  body.destroy();
  const location = headers.find(([name]) => name === 'location')?.[1];
  const target = status === 301 ? openapiRedirect(request, location) : undefined;
  if (target === undefined) return undefined;
  const kept = headers.filter(([name]) => name !== 'location' && name !== 'content-type');
  const lines: HeaderLines = [...kept, ['location', `/clusters/${cluster}${target}`]];
  return { status, headers: lines, body: Readable.from([]) };
}

/** Sends the request through a connector of its cluster, once, as the agent. Redirects are never followed. */
export function forward(clusters: Clusters): Stage<Committed, Forwarded> {
  return async (exchange) => {
    const { lane, abort } = exchange;
    const mayWait = lane === 'watch' || lane === 'logs';
    const response = await askUpstream(abort, !mayWait, () =>
      clusters.request(exchange.cluster, upstreamRequest(exchange)),
    );
    if (response.status >= 300 && response.status < 400 && response.status !== 304) {
      const answer = redirected(exchange, response);
      return answer ? { ...exchange, response: answer } : new Fault('ERR_UPSTREAM_REDIRECT');
    }
    return { ...exchange, response };
  };
}
