// SPDX-License-Identifier: Apache-2.0
import { buildStatus, type StatusReason, serializeStatus } from '@countersign/kube';
import type { HeaderLines } from '../tunnel/clusters.ts';

interface Unreadable {
  readonly status: number;
  readonly phrase: string;
  readonly reason: StatusReason;
  readonly message: string;
}

/** Why there is no request that could be judged. */
export const unreadable = {
  malformed: {
    status: 400,
    phrase: 'Bad Request',
    reason: 'BadRequest',
    message: 'this is no well-formed HTTP/1.1 request',
  },
  headTooLarge: {
    status: 431,
    phrase: 'Request Header Fields Too Large',
    reason: 'BadRequest',
    message: 'request line and headers are larger than this gateway takes',
  },
  headTooSlow: {
    status: 408,
    phrase: 'Request Timeout',
    reason: 'Timeout',
    message: 'the request head did not arrive in time',
  },
} as const satisfies Record<string, Unreadable>;

interface Answer {
  readonly headers: HeaderLines;
  /** A `metav1.Status`. */
  readonly body: string;
}

/** The answer to what is no request: there is no exchange that could be recorded. */
export function unreadableAnswer({ status, reason, message }: Unreadable): Answer {
  const body = serializeStatus(buildStatus(reason, `countersign: ${message}`, { code: status }));
  const headers: HeaderLines = [
    ['cache-control', 'no-cache, private'],
    ['content-length', String(Buffer.byteLength(body))],
    ['content-type', 'application/json'],
  ];
  return { headers, body };
}

/** The same as the bytes of a whole HTTP/1.1 answer, the last of its connection. */
export function unreadableBytes(what: Unreadable): string {
  const { headers, body } = unreadableAnswer(what);
  const lines = [...headers, ['connection', 'close'] as const].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${what.status} ${what.phrase}\r\n${lines.join('')}\r\n${body}`;
}
