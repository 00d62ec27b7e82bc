// SPDX-License-Identifier: Apache-2.0
import { buildStatus, type StatusReason, serializeStatus } from '@countersign/kube';

interface Unreadable {
  readonly status: string;
  readonly reason: StatusReason;
  readonly message: string;
}

/** By the codes of Node's parser and timers. */
const KNOWN: Readonly<Record<string, Unreadable>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    reason: 'BadRequest',
    message: 'request line and headers are larger than this gateway takes',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    reason: 'Timeout',
    message: 'the request head did not arrive in time',
  },
};

const MALFORMED: Unreadable = {
  status: '400 Bad Request',
  reason: 'BadRequest',
  message: 'this is no well-formed HTTP/1.1 request',
};

/**
 * A whole HTTP/1.1 answer, with a `metav1.Status`, to bytes that are no HTTP request: there is no exchange yet that could
 * be recorded.
 */
export function unreadableAnswer(code: string | undefined): string {
  const { status, reason, message } = KNOWN[code ?? ''] ?? MALFORMED;
  const body = serializeStatus(buildStatus(reason, `countersign: ${message}`, { code: Number.parseInt(status, 10) }));
  const head = [
    `HTTP/1.1 ${status}`,
    'cache-control: no-cache, private',
    'connection: close',
    `content-length: ${Buffer.byteLength(body)}`,
    'content-type: application/json',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
