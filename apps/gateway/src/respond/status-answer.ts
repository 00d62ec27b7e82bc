// SPDX-License-Identifier: Apache-2.0
import { buildStatus, type StatusCause, serializeStatus } from '@countersign/kube';
import type { Incoming } from '../data/incoming.ts';
import type { Exchange } from '../exchange.ts';
import type { Fault } from '../faults.ts';
import type { HeaderLines } from '../tunnel/clusters.ts';
import { visibleLines, visibleText } from '../visible-text.ts';

/** What an answer depends on of the request that it is to. */
type Asked = Pick<Incoming, 'target' | 'headers' | 'hasBody'>;

/** A fault as clients of Kubernetes understand it; `body` is one line of JSON. */
export interface StatusAnswer {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly body: Uint8Array;
}

function objectOf({ request }: Exchange): { name?: string; group?: string; kind?: string } {
  if (request?.kind !== 'resource') return {};
  const { name, group, resource } = request;
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource };
}

function seenCause(cause: StatusCause, visible: (text: string) => string): StatusCause {
  const { message, field } = cause;
  return { ...cause, message: visible(message), ...(field === undefined ? {} : { field: visibleText(field) }) };
}

const DISCOVERY_ROOT = /^\/clusters\/[^/]+\/apis?(?:\?|$)/;

/**
 * Whether client-go will look at the body of a refusal as bytes only, as it does where it asks for aggregated discovery.
 * Of a Status it then says "unknown", and that to an agent whose very first request is refused; of a text what it says.
 */
function isReadAsText({ target, headers }: Asked, status: number): boolean {
  const accept = headers.find(([name]) => name === 'accept')?.[1] ?? '';
  return status === 403 && DISCOVERY_ROOT.test(target) && accept.includes('as=APIGroupDiscoveryList');
}

/**
 * The `metav1.Status` of a fault, or its sentence alone for who would not read more; the request id stands in its
 * message, its details and a header.
 */
export function statusAnswer(id: string, fault: Fault, incoming: Asked, exchange?: Exchange): StatusAnswer {
  const { row, code, retryAfterSeconds } = fault;
  const visible = row.origin === 'upstream' ? visibleLines : visibleText;
  const message = `${visible(fault.message)} (request ${id})`;
  const status = buildStatus(row.reason, message, {
    code: row.status,
    details: {
      ...(exchange ? objectOf(exchange) : {}),
      uid: id,
      causes: [{ reason: code, message: fault.message }, ...fault.causes].map((cause) => seenCause(cause, visible)),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
  });
  const asText = isReadAsText(incoming, row.status);
  const body = Buffer.from(asText ? `${message}\n` : serializeStatus(status));
  const headers: [string, string][] = [
    ['audit-id', id],
    ['cache-control', 'no-cache, private'],
    ['content-length', String(body.length)],
    ['content-type', asText ? 'text/plain; charset=utf-8' : 'application/json'],
    ['x-content-type-options', 'nosniff'],
  ];
  if (retryAfterSeconds !== undefined) headers.push(['retry-after', String(retryAfterSeconds)]);
  if (row.status === 401) headers.push(['www-authenticate', 'Bearer realm="countersign"']);
  // Its body was not read: on HTTP/1.1 the connection can't be used again.
  if (incoming.hasBody) headers.push(['connection', 'close']);
  return { status: row.status, headers, body };
}
