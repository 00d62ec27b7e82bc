// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import http2, { type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { bearerToken } from './bearer-token.ts';

type Lines = (readonly [string, string])[];

const SUBPROTOCOL = 'base64url.bearer.authorization.k8s.io.ZXlK, v5.channel.k8s.io';
const ROWS: readonly (readonly [name: string, expected: string, lines: Lines])[] = [
  ['control', 'a.b.c', [['authorization', 'Bearer a.b.c']]],
  ['the scheme in other case', 'a.b.c', [['Authorization', 'bearer a.b.c']]],
  ['none', 'no-credential', [['accept', '*/*']]],
  [
    'two, equal',
    'several-credentials',
    [
      ['authorization', 'Bearer a.b.c'],
      ['authorization', 'Bearer a.b.c'],
    ],
  ],
  [
    'two in different case',
    'several-credentials',
    [
      ['authorization', 'Bearer a.b.c'],
      ['AUTHORIZATION', 'Bearer d.e.f'],
    ],
  ],
  ['two joined by a comma', 'not-bearer', [['authorization', 'Bearer a.b.c, Bearer d.e.f']]],
  ['basic', 'not-bearer', [['authorization', 'Basic YTpi']]],
  ['no scheme', 'not-bearer', [['authorization', 'a.b.c']]],
  ['no token', 'not-bearer', [['authorization', 'Bearer ']]],
  ['a space inside', 'not-bearer', [['authorization', 'Bearer a.b.c d']]],
  ['a line break inside', 'not-bearer', [['authorization', 'Bearer a.b.c\r\nimpersonate-user: root']]],
  ['NUL at the end', 'not-bearer', [['authorization', 'Bearer a.b.c\0']]],
  ['a websocket subprotocol alone', 'credential-in-subprotocol', [['sec-websocket-protocol', SUBPROTOCOL]]],
  [
    'a websocket subprotocol beside a good header',
    'credential-in-subprotocol',
    [
      ['authorization', 'Bearer a.b.c'],
      ['sec-websocket-protocol', SUBPROTOCOL],
    ],
  ],
  [
    'a websocket subprotocol without a token',
    'a.b.c',
    [
      ['authorization', 'Bearer a.b.c'],
      ['sec-websocket-protocol', 'v5.channel.k8s.io'],
    ],
  ],
  [
    'look-alike names',
    'no-credential',
    [
      ['proxy-authorization', 'Bearer a'],
      ['x-authorization', 'Bearer a'],
      ['cookie', 'authorization=Bearer a'],
    ],
  ],
];

function outcome(lines: Lines): string {
  const taken = bearerToken(lines);
  return taken.kind === 'token' ? taken.token : taken.reason;
}

function pairs(raw: readonly string[]): Lines {
  return Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at] ?? '', raw[2 * at + 1] ?? ''] as const);
}

describe('where a token may stand', () => {
  for (const [name, expected, lines] of ROWS) {
    test(`${name}: ${expected}`, () => assert.equal(outcome(lines), expected));
  }
});

async function listen(t: TestContext, server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Sends one HTTP/1.1 request, byte for byte, and gives what the server made of it. */
async function overHttp1(t: TestContext, head: string): Promise<string> {
  const server = http.createServer((request, response) => {
    response.setHeader('connection', 'close').end(outcome(pairs(request.rawHeaders)));
  });
  const socket = net.connect(await listen(t, server), '127.0.0.1');
  socket.end(head);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text.split('\r\n\r\n')[1]?.split('\r\n').at(-1) ?? '';
}

describe('what Node shows of real requests', () => {
  test('two Authorization lines over HTTP/1.1, of which Node joins none', async (t) => {
    const head = (more: string) => `GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a.b.c\r\n${more}\r\n`;
    assert.equal(await overHttp1(t, head('')), 'a.b.c');
    assert.equal(await overHttp1(t, head('Authorization: Bearer d.e.f\r\n')), 'several-credentials');
  });

  test('a token in the query', async (t) => {
    assert.equal(await overHttp1(t, 'GET /?access_token=a.b.c HTTP/1.1\r\nHost: a\r\n\r\n'), 'no-credential');
  });

  test('two authorization fields over HTTP/2', async (t) => {
    const port = await listen(t, http2Server());
    const once = headersFrame([...REQUEST_FIELDS, ['authorization', 'Bearer a.b.c']]);
    const twice = headersFrame([
      ...REQUEST_FIELDS,
      ['authorization', 'Bearer a.b.c'],
      ['authorization', 'Bearer d.e.f'],
    ]);
    assert.match(await overHttp2(port, once), /a\.b\.c/);
    assert.match(await overHttp2(port, twice), /several-credentials/);
  });

  test('a line break smuggled into an HTTP/2 field: the field is gone, and no other has come of it', async (t) => {
    const port = await listen(t, http2Server());
    const smuggled = headersFrame([...REQUEST_FIELDS, ['accept', 'a\r\nauthorization: Bearer a.b.c']]);
    assert.match(await overHttp2(port, smuggled), /no-credential/);
    const within = headersFrame([...REQUEST_FIELDS, ['authorization', 'Bearer a.b.c\r\nimpersonate-user: root']]);
    assert.match(await overHttp2(port, within), /no-credential/);
  });
});

function http2Server(): http2.Http2Server {
  const server = http2.createServer();
  server.on('stream', (stream: ServerHttp2Stream, _headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
    stream.respond();
    stream.end(outcome(pairs(raw)));
  });
  return server;
}

const REQUEST_FIELDS: Lines = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'a'],
];
const RST_STREAM = 3;
const GOAWAY = 7;

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Field lines as HPACK literals without indexing (RFC 7541 §6.2.2), which no client library would let pass. */
function headersFrame(lines: Lines): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  const block = lines.map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)]));
  return frame(1, 0x5, 1, Buffer.concat(block));
}

/** Sends a request of one frame and reads until its stream or connection is over. */
async function overHttp2(port: number, headers: Buffer): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.write(
    Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, Buffer.alloc(0)), headers]),
  );
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (isOver(bytes)) break;
  }
  socket.destroy();
  return bytes.toString('latin1');
}

function isOver(bytes: Buffer): boolean {
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    const type = bytes.readUInt8(at + 3);
    const ends = type <= 1 && (bytes.readUInt8(at + 4) & 1) === 1;
    if (ends || type === RST_STREAM || type === GOAWAY) return true;
  }
  return false;
}
