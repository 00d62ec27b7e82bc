// SPDX-License-Identifier: Apache-2.0
import type { Incoming } from '../data/incoming.ts';
import type { CallerHeaders, Received } from '../exchange.ts';
import { Fault } from '../faults.ts';

const CLUSTER_TARGET = /^\/clusters\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(\/[^#]*)$/;

/** Read by the gateway. What is not here is dropped; nothing of it goes upstream but what `forward` builds anew. */
const TAKEN = {
  accept: 'accept',
  authorization: 'authorization',
  'content-encoding': 'contentEncoding',
  'content-type': 'contentType',
  'countersign-wait': 'countersignWait',
  'if-none-match': 'ifNoneMatch',
  'transfer-encoding': 'transferEncoding',
  upgrade: 'upgrade',
  'user-agent': 'userAgent',
} as const satisfies Record<string, keyof CallerHeaders>;

/** Longer than any token that is read; what is made of one still fits where HTTP/2 has its limit on one field. */
const MAX_VALUE_BYTES = 20 * 1024;

/** Headers by which a caller would say who it is to the API server, however they are spelled. */
const IDENTITY_PREFIXES = ['impersonate-', 'x-remote-'];

function isTaken(name: string): name is keyof typeof TAKEN {
  return Object.hasOwn(TAKEN, name);
}

function readHeaders(incoming: Incoming): CallerHeaders | Fault {
  const headers: { -readonly [K in keyof CallerHeaders]?: string } = {};
  for (const [name, value] of incoming.headers) {
    const folded = name.replaceAll('_', '-');
    if (IDENTITY_PREFIXES.some((prefix) => folded.startsWith(prefix))) return new Fault('ERR_IMPERSONATION_REFUSED');
    if (!isTaken(name)) continue;
    if (headers[TAKEN[name]] !== undefined) return new Fault('ERR_HEADER_REFUSED', `${name} stands twice`);
    if (value.length > MAX_VALUE_BYTES) return new Fault('ERR_HEADER_REFUSED', `${name} is too long`);
    headers[TAKEN[name]] = value;
  }
  return headers;
}

/** RFC 9112 §3.2: a Host that is missing, or there twice, is an error of the request. */
function protocolFault(incoming: Incoming): Fault | undefined {
  if (incoming.protocol === 'other') return new Fault('ERR_PROTOCOL_UNSUPPORTED');
  let hosts = 0;
  let isStrange = false;
  for (const [name, value] of incoming.headers) {
    if (name === 'host') hosts += 1;
    else if (name === 'expect') isStrange ||= value.toLowerCase() !== '100-continue';
  }
  if (hosts !== 1) return new Fault('ERR_HEADER_REFUSED', 'host must stand once');
  return isStrange ? new Fault('ERR_HEADER_REFUSED', 'expect may be 100-continue and nothing else') : undefined;
}

function framingFault(incoming: Incoming, headers: CallerHeaders): Fault | undefined {
  if (headers.transferEncoding !== undefined && headers.transferEncoding !== 'chunked') {
    return new Fault('ERR_HEADER_REFUSED', 'transfer-encoding may be chunked and nothing else');
  }
  if (headers.contentEncoding !== undefined && headers.contentEncoding !== 'identity') {
    return new Fault('ERR_BODY_UNSUPPORTED', 'content-encoding is not taken');
  }
  if (incoming.method === 'GET' && incoming.hasBody) return new Fault('ERR_HEADER_REFUSED', 'a GET has no body');
  return undefined;
}

function waitFault({ countersignWait }: CallerHeaders): Fault | undefined {
  const isKnown = countersignWait === undefined || countersignWait === 'none' || countersignWait === 'hold';
  return isKnown ? undefined : new Fault('ERR_HEADER_REFUSED', 'countersign-wait may be none or hold and nothing else');
}

/** Takes a request in: which cluster it is for, the headers that count, and framing that leaves no doubt. */
export function receive(incoming: Incoming, id: string, receivedAt: Date, abort: AbortController): Received | Fault {
  const headers = readHeaders(incoming);
  if (headers instanceof Fault) return headers;
  const fault = protocolFault(incoming) ?? framingFault(incoming, headers) ?? waitFault(headers);
  if (fault) return fault;
  const [, cluster, target] = CLUSTER_TARGET.exec(incoming.target) ?? [];
  if (cluster === undefined || target === undefined) return new Fault('ERR_PATH_UNKNOWN');
  return { id, receivedAt, abort, incoming, headers, cluster, target };
}
