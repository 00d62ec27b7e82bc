// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from 'node:http2';
import { after, before, describe, test } from 'node:test';
import { type BadRequest, badBodies, badHeads, COLLECTION } from './bad-input/http1-cases.ts';
import { decodeFrames, encodeFrame, encodeHeaders, FLAG, FRAME, PREFACE } from './fixtures/http2-frames.ts';
import { type RawAddress, RawConnection } from './fixtures/raw-connection.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const HEAD_MS = 1_000;
const BODY_MS = 1_000;
const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';

let site: Installation;
let address: RawAddress;
let token: string;
/** Request ids of what was refused: none of them may stand in the API server's audit log. */
const refused: string[] = [];

before(async () => {
  site = await startInstallation({
    clusters: { lab: { policies: '@id("all") permit (principal == Agent::"caller", action, resource);' } },
    agents: { caller: { clusters: { lab: ['countersign:demo'] } } },
    configure: (config) => {
      const { data } = config.listeners;
      const limits = { handshakeTimeoutMs: HEAD_MS, bodyTimeoutMs: BODY_MS, maxConnections: 100 };
      return { ...config, listeners: { ...config.listeners, data: { ...data, ...limits } } };
    },
  });
  address = { port: site.config.listeners.data.port ?? 0, ca: await readFile(site.caFile, 'utf8') };
  token = await site.token('caller');
});
after(() => site?.stop());

async function assertServes(): Promise<void> {
  const { status } = await site.as('caller').call('GET', CONFIG_MAPS);
  assert.equal(status, 200);
}

function assertStatus(body: string, { status, says }: Pick<BadRequest, 'status' | 'says'>): void {
  const { kind, apiVersion, code, message } = JSON.parse(body);
  assert.deepEqual({ kind, apiVersion, code }, { kind: 'Status', apiVersion: 'v1', code: status });
  assert.match(message, says);
}

function forBad(cases: (token: string) => readonly BadRequest[]): void {
  for (const [index, { what }] of cases('').entries()) {
    test(what, async () => {
      const row = cases(token)[index] as BadRequest;
      const connection = await RawConnection.tls(address, 'http/1.1');
      connection.write(row.sent);
      const { status, headers, body } = await connection.answer();
      assert.equal(status, row.status);
      assertStatus(body, row);
      if (headers['audit-id'] !== undefined) refused.push(headers['audit-id']);
      assert.equal(headers.connection, row.isLast ? 'close' : 'keep-alive');
      if (row.isLast) await connection.closed();
      connection.destroy();
    });
  }
}

describe('HTTP/1.1: a head that is no request is answered', () => forBad(badHeads));
describe('HTTP/1.1: a body that must not pass is answered', () => forBad(badBodies));

const head = (line: string, headers = '') =>
  `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n${headers}\r\n`;

function create(name: string): string {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  const headers = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  return head(`POST ${COLLECTION}`, headers) + body;
}

async function exists(name: string): Promise<boolean> {
  const { status } = await site.lab('lab').admin.request('GET', `${CONFIG_MAPS}/${name}`);
  return status === 200;
}

describe('HTTP/1.1: one connection, more than one request', () => {
  test('what follows an upgrade that is refused is never read (CVE-2018-1002105)', async () => {
    for (const target of [COLLECTION, '/clusters/lab/api/v1/namespaces/demo/pods/web/exec?command=id']) {
      const connection = await RawConnection.tls(address, 'http/1.1');
      const upgrade = head(`GET ${target}`, 'Connection: Upgrade\r\nUpgrade: websocket\r\n');
      connection.write(upgrade + create('smuggled'));
      const { status, headers, body } = await connection.answer();
      assertStatus(body, { status: 400, says: /connection upgrades/ });
      assert.deepEqual([status, headers.connection], [400, 'close']);
      refused.push(headers['audit-id'] ?? '');
      await connection.closed();
      assert.equal(connection.received.toString().match(/^HTTP\/1\.1 /gm)?.length, 1);
    }
    assert.equal(await exists('smuggled'), false);
  });

  test('garbage after a request that is under way does not end in the middle of its answer', async () => {
    const connection = await RawConnection.tls(address, 'http/1.1');
    connection.write(head(`GET ${COLLECTION}?watch=true`));
    await eventually('the watch has begun', () => connection.received.includes('"ADDED"'));
    connection.write('\x00garbage\r\n\r\n');
    await connection.closed();
    assert.doesNotMatch(connection.received.toString(), /400 Bad Request/);
  });

  test('a caller that sends on without reading answers is cut off', async () => {
    const connection = await RawConnection.tls(address, 'http/1.1');
    connection.write(head(`GET ${COLLECTION}`).repeat(2_000));
    await connection.closed();
    await assertServes();
  });

  test('a body on demand is asked for once it is known who sends it', async () => {
    const whole = create('on-demand');
    const border = whole.indexOf('\r\n\r\n') + 2;
    const connection = await RawConnection.tls(address, 'http/1.1');
    connection.write(`${whole.slice(0, border)}Expect: 100-continue\r\n\r\n`);
    await eventually('100 Continue', () => connection.received.includes('HTTP/1.1 100 Continue'));
    connection.write(whole.slice(border + 2));
    assert.equal((await connection.answer()).status, 201);
    connection.destroy();
    const unknown = await RawConnection.tls(address, 'http/1.1');
    unknown.write(`POST ${COLLECTION} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`);
    assert.equal((await unknown.answer()).status, 401);
    await unknown.closed();
    assert.doesNotMatch(unknown.received.toString(), /100 Continue/);
  });
});

describe('a caller that is slow, or says nothing', () => {
  /** Bytes that are sent, and then no more. */
  const silences: Readonly<Record<string, () => Promise<RawConnection>>> = {
    'TCP alone': () => RawConnection.tcp(address.port),
    'half of a TLS record': async () => {
      const connection = await RawConnection.tcp(address.port);
      connection.write('\x16\x03\x01\x02');
      return connection;
    },
    'TLS alone': () => RawConnection.tls(address, 'http/1.1'),
    'half of a head': async () => {
      const connection = await RawConnection.tls(address, 'http/1.1');
      connection.write(`GET ${COLLECTION} HTTP/1.1\r\nHost: loc`);
      return connection;
    },
    'HTTP/2 without a preface': () => RawConnection.tls(address, 'h2'),
    'HTTP/2 without a request': async () => {
      const connection = await RawConnection.tls(address, 'h2');
      connection.write(Buffer.concat([PREFACE, encodeFrame(FRAME.settings, 0, 0, Buffer.alloc(0))]));
      return connection;
    },
  };
  for (const [what, open] of Object.entries(silences)) {
    test(`${what}: its place is taken back`, async () => {
      const connection = await open();
      const tookMs = await connection.closed();
      assert.ok(tookMs < HEAD_MS + 4_000, `${tookMs} ms`);
    });
  }

  test('a head that comes drop by drop is answered and ended', async () => {
    const connection = await RawConnection.tls(address, 'http/1.1');
    connection.write(`GET ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nX-A: `);
    const drops = setInterval(() => connection.write('x'), 50);
    const { status, body } = await connection.answer();
    clearInterval(drops);
    assert.equal(status, 408);
    assertStatus(body, { status: 408, says: /head did not arrive in time/ });
    await connection.closed();
  });

  test('a body that stops is answered', async () => {
    const connection = await RawConnection.tls(address, 'http/1.1');
    connection.write(create('late').slice(0, -1));
    const { status, headers, body } = await connection.answer();
    assert.equal(status, 408);
    assertStatus(body, { status: 408, says: /body did not arrive in time/ });
    refused.push(headers['audit-id'] ?? '');
    await connection.closed();
  });

  test('connections that say nothing take all places for no longer than they may be silent', async () => {
    const silent = await Promise.all(Array.from({ length: 150 }, () => RawConnection.tcp(address.port)));
    await Promise.all(silent.map((connection) => connection.closed()));
    await assertServes();
  });
});

/** An answer over HTTP/2; status 0 when the stream was reset. */
function request(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: Uint8Array,
): Promise<{ status: number; body: string; code: number | undefined }> {
  return new Promise((resolve) => {
    const full = { ':path': COLLECTION, authorization: `Bearer ${token}`, ...headers };
    const stream = session.request(full, { endStream: body === undefined });
    let status = 0;
    let text = '';
    stream.on('error', () => {});
    stream.on('response', (head) => {
      status = head[':status'] ?? 0;
      if (status >= 400) refused.push(String(head['audit-id'] ?? ''));
    });
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    stream.on('close', () => resolve({ status, body: text, code: stream.rstCode }));
    if (body) stream.write(body);
  });
}

async function onSession<T>(work: (session: ClientHttp2Session) => Promise<T>): Promise<T> {
  const origin = `https://127.0.0.1:${address.port}`;
  const session = connect(origin, { ca: address.ca, maxSendHeaderBlockLength: 1_000_000 });
  session.on('error', () => {});
  try {
    return await work(session);
  } finally {
    session.destroy();
  }
}

describe('HTTP/2: what must not pass is answered', () => {
  const post = { ':method': 'POST', 'content-type': 'application/json' };
  const rows: readonly (readonly [string, OutgoingHttpHeaders, Uint8Array | undefined, number, RegExp])[] = [
    ['CONNECT', { ':method': 'CONNECT', ':path': undefined, ':authority': 'x:1' }, undefined, 404, /no cluster/],
    ['a lower-case method', { ':method': 'get' }, undefined, 405, /method/],
    ['a GET with a body', { ':method': 'GET' }, Buffer.from('abc'), 400, /a GET has no body/],
    ['an encoded NUL', { ':path': `${COLLECTION}/a%00` }, undefined, 400, /more than one way/],
    ['a header past the limit', { 'x-a': 'x'.repeat(70_000) }, undefined, 431, /headers are larger/],
    ['an expectation', { ...post, expect: 'tea' }, Buffer.from('{'), 400, /expect may be/],
    ['impersonation', { 'impersonate-user': 'root' }, undefined, 403, /impersonation headers/],
    ['a length past the limit', { ...post, 'content-length': '3145729' }, Buffer.from('{'), 413, /larger than 3145728/],
    ['a body past the limit', post, Buffer.alloc(4_000_000, ' '), 413, /larger than 3145728/],
    ['a body that stops', post, Buffer.from('{'), 408, /did not arrive in time/],
  ];
  for (const [what, headers, body, status, says] of rows) {
    test(what, async () => {
      const answer = await onSession((session) => request(session, headers, body));
      assert.equal(answer.status, status);
      assertStatus(answer.body, { status, says });
    });
  }

  test('more headers than a request has: the stream is reset, the session goes on', () =>
    onSession(async (session) => {
      const many = Object.fromEntries(Array.from({ length: 200 }, (_none, index) => [`x-${index}`, 'a']));
      assert.equal((await request(session, many)).code, constants.NGHTTP2_ENHANCE_YOUR_CALM);
      assert.equal((await request(session, {})).status, 200);
    }));
});

describe('HTTP/2: a peer that breaks its rules', () => {
  const settings = encodeFrame(FRAME.settings, 0, 0, Buffer.alloc(0));
  const headersFrame = (stream: number, lines: readonly (readonly [string, string])[], flags: number) =>
    encodeFrame(FRAME.headers, flags, stream, encodeHeaders(lines));
  const requestLines = (): [string, string][] => [
    [':method', 'GET'],
    [':scheme', 'https'],
    [':path', COLLECTION],
    [':authority', 'localhost'],
    ['authorization', `Bearer ${token}`],
  ];
  const open = async () => {
    const connection = await RawConnection.tls(address, 'h2');
    connection.write(Buffer.concat([PREFACE, settings]));
    return connection;
  };
  const framesOf = (connection: RawConnection, type: number) =>
    decodeFrames(connection.received).filter((frame) => frame.type === type);

  test('two credentials are refused', async () => {
    const connection = await open();
    const lines = [...requestLines(), ['authorization', 'Bearer another'] as const];
    connection.write(headersFrame(1, lines, FLAG.endStream | FLAG.endHeaders));
    const [answer] = await eventually('an answer', () => {
      const found = framesOf(connection, FRAME.data);
      return found.length > 0 ? found : undefined;
    });
    assertStatus(answer?.payload.toString() ?? '', { status: 400, says: /authorization stands twice/ });
    connection.destroy();
  });

  test('an upper-case name, a connection header or no path: the stream is reset', async () => {
    const bad: readonly (readonly [string, string])[][] = [
      [...requestLines(), ['X-A', 'b']],
      [...requestLines(), ['connection', 'upgrade']],
      [...requestLines(), ['transfer-encoding', 'chunked']],
      requestLines().filter(([name]) => name !== ':path'),
      [...requestLines(), [':path', '/clusters/lab/version']],
    ];
    const connection = await open();
    for (const [index, lines] of bad.entries()) {
      connection.write(headersFrame(2 * index + 1, lines, FLAG.endStream | FLAG.endHeaders));
    }
    await eventually('all are reset', () => framesOf(connection, FRAME.resetStream).length === bad.length);
    connection.destroy();
  });

  const floods: Readonly<Record<string, () => readonly Buffer[]>> = {
    'bytes that are no frames': () => [Buffer.alloc(1_000, 0xff)],
    'a frame past the limit': () => [encodeFrame(FRAME.data, 0, 1, Buffer.alloc(20_000))],
    'requests that are reset at once (CVE-2023-44487)': () =>
      Array.from({ length: 5_000 }, (_none, index) =>
        Buffer.concat([
          headersFrame(2 * index + 1, requestLines(), FLAG.endStream | FLAG.endHeaders),
          encodeFrame(FRAME.resetStream, 0, 2 * index + 1, Buffer.from([0, 0, 0, 8])),
        ]),
      ),
    'a head without end (CVE-2024-27316)': () => [
      headersFrame(1, requestLines(), FLAG.endStream),
      ...Array.from({ length: 1_000 }, () =>
        encodeFrame(FRAME.continuation, 0, 1, encodeHeaders([['x-a', 'x'.repeat(10_000)]])),
      ),
    ],
    'pings whose answers are not read': () => [
      // More answers than the buffers of both sockets hold.
      Buffer.alloc(32 * 1024 * 1024, encodeFrame(FRAME.ping, 0, 0, Buffer.alloc(8))),
    ],
  };
  for (const [what, frames] of Object.entries(floods)) {
    test(`${what}: the session ends`, async () => {
      const connection = await open();
      if (what.startsWith('pings')) connection.pause();
      for (const frame of frames()) connection.write(frame);
      await connection.closed();
      await assertServes();
    });
  }
});

test('kubectl says that a manifest is too large, however much of it is still to be sent', async () => {
  const big = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'big' }, data: { x: 'x'.repeat(16_000_000) } };
  const manifest = await site.file('big.json', big);
  const { code, stderr } = await site.as('caller').kubectl('create', '--validate=false', '-f', manifest);
  assert.equal(code, 1);
  assert.match(stderr, /larger than 3145728 bytes/);
});

test('the gateway is the same process, names no error of its own, and nothing that it refused went upstream', async () => {
  assert.equal(site.gateway.child.exitCode, null);
  assert.equal((await fetch(`${site.health}/livez`)).status, 200);
  assert.deepEqual(
    site.gateway.stderr.all.filter((line) => JSON.parse(line).level >= 50),
    [],
  );
  const upstream = new Set((await site.audit('lab')).map(({ auditID }) => auditID));
  const ids = refused.filter((id) => id !== '');
  assert.ok(ids.length > 30);
  assert.deepEqual(
    ids.filter((id) => upstream.has(id)),
    [],
  );
});
