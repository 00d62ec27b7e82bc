// SPDX-License-Identifier: Apache-2.0

/** A request that must not pass, and the answer that says so. */
export interface BadRequest {
  readonly what: string;
  /** As it goes on the wire, latin-1. */
  readonly sent: string;
  readonly status: number;
  /** Part of the Status' message. */
  readonly says: RegExp;
  /** Whether nothing more can be said on this connection. */
  readonly isLast?: true;
}

export const COLLECTION = '/clusters/lab/api/v1/namespaces/demo/configmaps';

const HOST = 'Host: localhost\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const malformed = { status: 400, says: /no well-formed HTTP\/1\.1 request/, isLast: true } as const;
const headTooLarge = { status: 431, says: /headers are larger/, isLast: true } as const;
const wrongProtocol = { status: 505, says: /only HTTP\/1\.1 and HTTP\/2/, isLast: true } as const;

/** Heads that are no HTTP/1.1, or that could be read in more than one way. */
export function badHeads(token: string): readonly BadRequest[] {
  const auth = `Authorization: Bearer ${token}\r\n`;
  const head = (line: string, headers = '') => `${line}\r\n${HOST}${auth}${headers}\r\n`;
  const get = (headers: string) => head(`GET ${COLLECTION} HTTP/1.1`, headers);
  const post = (headers: string) => head(`POST ${COLLECTION} HTTP/1.1`, `${JSON_TYPE}${headers}`);
  return [
    { what: 'bytes that are no text', sent: '\x00\x01\x02\x03\r\n\r\n', ...malformed },
    { what: 'a lower-case method', sent: head(`get ${COLLECTION} HTTP/1.1`), ...malformed },
    { what: 'an unknown method', sent: head(`BREW ${COLLECTION} HTTP/1.1`), ...malformed },
    { what: 'a method of WebDAV', sent: head(`PROPFIND ${COLLECTION} HTTP/1.1`), status: 405, says: /method/ },
    { what: 'TRACE', sent: head(`TRACE ${COLLECTION} HTTP/1.1`), status: 405, says: /method/ },
    { what: 'CONNECT', sent: head('CONNECT kubernetes:443 HTTP/1.1'), status: 404, says: /no cluster/, isLast: true },
    { what: 'OPTIONS *', sent: head('OPTIONS * HTTP/1.1'), status: 404, says: /no cluster/ },
    { what: 'the preface of HTTP/2', sent: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', ...malformed },
    { what: 'HTTP/0.9', sent: `GET ${COLLECTION}\r\n\r\n`, ...wrongProtocol },
    { what: 'HTTP/1.0', sent: head(`GET ${COLLECTION} HTTP/1.0`), ...wrongProtocol },
    { what: 'HTTP/2.0 in text', sent: head(`GET ${COLLECTION} HTTP/2.0`), ...wrongProtocol },
    { what: 'no Host', sent: `GET ${COLLECTION} HTTP/1.1\r\n${auth}\r\n`, status: 400, says: /host must stand once/ },
    { what: 'two Hosts', sent: get('Host: kubernetes\r\n'), status: 400, says: /host must stand once/ },
    { what: 'two credentials', sent: get(auth), status: 400, says: /authorization stands twice/ },
    { what: 'an absolute target', sent: head(`GET https://x${COLLECTION} HTTP/1.1`), status: 404, says: /no cluster/ },
    { what: 'a target with a fragment', sent: head(`GET ${COLLECTION}#x HTTP/1.1`), status: 404, says: /no cluster/ },
    { what: 'an encoded NUL', sent: head(`GET ${COLLECTION}/a%00 HTTP/1.1`), status: 400, says: /more than one way/ },
    { what: 'dot segments', sent: head(`GET ${COLLECTION}/../pods HTTP/1.1`), status: 400, says: /more than one way/ },
    { what: 'a NUL in the target', sent: head(`GET ${COLLECTION}/a\x00b HTTP/1.1`), ...malformed },
    { what: 'bytes past ASCII in the target', sent: head(`GET ${COLLECTION}/\xc3\xa4 HTTP/1.1`), ...malformed },
    { what: 'lines that end in LF alone', sent: get('').replaceAll('\r', ''), ...malformed },
    { what: 'a folded header', sent: get('X-A: b\r\n c\r\n'), ...malformed },
    { what: 'a space before a colon', sent: get('X-A : b\r\n'), ...malformed },
    { what: 'a NUL in a header', sent: get('X-A: a\x00b\r\n'), ...malformed },
    { what: 'a header past the limit', sent: get(`X-A: ${'x'.repeat(70_000)}\r\n`), ...headTooLarge },
    { what: 'many headers past the limit', sent: get('A: b\r\n'.repeat(8_000)), ...headTooLarge },
    { what: 'a target past the limit', sent: head(`GET /${'x'.repeat(70_000)} HTTP/1.1`), ...headTooLarge },
    { what: 'two lengths', sent: post('Content-Length: 5\r\nContent-Length: 6\r\n'), ...malformed },
    { what: 'a length and chunks', sent: post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'), ...malformed },
    { what: 'a length that is no number', sent: post('Content-Length: 0x10\r\n'), ...malformed },
    {
      what: 'another transfer coding',
      sent: post('Transfer-Encoding: gzip, chunked\r\n'),
      status: 400,
      says: /transfer-encoding may be chunked/,
      isLast: true,
    },
    {
      what: 'an expectation of something else',
      sent: post('Expect: tea\r\nContent-Length: 2\r\n'),
      status: 400,
      says: /expect may be 100-continue/,
      isLast: true,
    },
    {
      what: 'a GET with a body',
      sent: `${get('Content-Length: 3\r\n')}abc`,
      status: 400,
      says: /a GET has no body/,
      isLast: true,
    },
    {
      what: 'a GET with chunks',
      sent: `${get('Transfer-Encoding: chunked\r\n')}0\r\n\r\n`,
      status: 400,
      says: /a GET has no body/,
      isLast: true,
    },
    { what: 'impersonation', sent: get('Impersonate-User: root\r\n'), status: 403, says: /impersonation headers/ },
    {
      what: 'impersonation with underscores',
      sent: get('Impersonate_Group: system:masters\r\n'),
      status: 403,
      says: /impersonation headers/,
    },
    {
      what: 'an upgrade without Connection',
      sent: get('Upgrade: websocket\r\n'),
      status: 400,
      says: /connection upgrades/,
    },
  ];
}

/** Bodies that can't be judged, and bodies past the limits. */
export function badBodies(token: string): readonly BadRequest[] {
  const post = (headers: string, body: string) =>
    `POST ${COLLECTION} HTTP/1.1\r\n${HOST}Authorization: Bearer ${token}\r\n${headers}\r\n${body}`;
  const whole = (body: string, type = JSON_TYPE) => post(`${type}Content-Length: ${body.length}\r\n`, body);
  const unjudged = { status: 400, says: /request body can't be judged/, isLast: true } as const;
  const unsupported = { status: 415, says: /bodies are not read/, isLast: true } as const;
  const tooLarge = { status: 413, says: /larger than 3145728 bytes/, isLast: true } as const;
  const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
  return [
    { what: 'JSON that breaks off', sent: whole('{"a":'), ...unjudged },
    { what: 'JSON and more', sent: whole('{} {}'), ...unjudged },
    { what: 'no object', sent: whole('[]'), ...unjudged },
    { what: 'no body', sent: post(`${JSON_TYPE}Content-Length: 0\r\n`, ''), status: 400, says: /there is none/ },
    { what: 'a NUL in a string', sent: whole('{"a":"\x00"}'), ...unjudged },
    { what: 'NULs', sent: whole('\x00\x00\x00\x00'), ...unjudged },
    { what: 'bytes that are no UTF-8', sent: whole('{"a":"\xff\xfe"}'), ...unjudged },
    { what: 'a byte order mark', sent: whole('\xef\xbb\xbf{}'), ...unjudged },
    { what: 'a key twice', sent: whole('{"kind":"ConfigMap","kind":"Secret"}'), ...unjudged },
    { what: 'brackets without end', sent: whole('['.repeat(100_000)), ...unjudged },
    { what: 'YAML', sent: whole('a: b', 'Content-Type: application/yaml\r\n'), ...unsupported },
    { what: 'protobuf', sent: whole('k8s\0', 'Content-Type: application/vnd.kubernetes.protobuf\r\n'), ...unjudged },
    {
      what: 'a compressed body',
      sent: whole('{}', `${JSON_TYPE}Content-Encoding: gzip\r\n`),
      status: 415,
      says: /content-encoding is not taken/,
      isLast: true,
    },
    { what: 'a length past the limit', sent: post(`${JSON_TYPE}Content-Length: 3145729\r\n`, ''), ...tooLarge },
    {
      what: 'a length past the limit, on demand',
      sent: post(`${JSON_TYPE}Expect: 100-continue\r\nContent-Length: 3145729\r\n`, ''),
      ...tooLarge,
    },
    {
      what: 'chunks past the limit',
      sent: post(`${JSON_TYPE}Transfer-Encoding: chunked\r\n`, chunk.repeat(64)),
      ...tooLarge,
    },
    {
      what: 'a chunk of no size',
      sent: post(`${JSON_TYPE}Transfer-Encoding: chunked\r\n`, 'zz\r\n'),
      ...malformed,
    },
  ];
}
