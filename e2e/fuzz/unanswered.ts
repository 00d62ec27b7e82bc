// SPDX-License-Identifier: Apache-2.0
import type { PlainRequest } from '../../conformance/golden-attacks.ts';

/** With these codes Node's client of HTTP/2 says that it sends no such head. */
const NOT_SENT: ReadonlySet<unknown> = new Set([
  'ERR_HTTP2_INVALID_CONNECTION_HEADERS',
  'ERR_HTTP2_HEADER_SINGLE_VALUE',
  'ERR_INVALID_HTTP_TOKEN',
]);

/** Whether an error says that a client refused by itself to send a request, of which nobody else has seen anything. */
export function isNotSent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NOT_SENT.has(error.code);
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
const NOT_IN_TARGETS = /[\0- \x7f]/;

/** Whether RFC 9113 §8.1.1 calls a request malformed: its stream is reset, before anybody has read it. */
export function isMalformed({ target, headers, body = '' }: PlainRequest): boolean {
  const lengths = headers.flatMap(([name, value]) => (/^content-length$/i.test(name) ? [value] : []));
  return (
    NOT_IN_TARGETS.test(target) ||
    headers.some(([name]) => !TOKEN.test(name)) ||
    lengths.some((length) => length !== String(body.length))
  );
}
