// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  type IncomingHttpHeaders,
} from 'node:http2';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import type { CredentialSource } from './credential/cluster-credential.ts';
import { serveTunnel } from './serve-tunnel.ts';
import { apiServer } from './upstream/api-server.ts';
import { hostileServer } from './upstream/hostile-server.ts';

const AGENT = { 'impersonate-user': 'countersign:agent:a' };

let upstream: Awaited<ReturnType<typeof hostileServer>>;
let tunnel: ClientHttp2Session;
let credential: CredentialSource;
let rejected = 0;
let serve: (socket: TLSSocket, head: string) => void;
const heads: string[] = [];

describe('one stream of a tunnel', () => {
  before(async () => {
    upstream = await hostileServer(['http/1.1'], (socket) => {
      let head = '';
      const read = (chunk: Buffer) => {
        head += chunk.toString('latin1');
        if (!head.includes('\r\n\r\n')) return;
        socket.off('data', read);
        heads.push(head);
        serve(socket, head);
      };
      socket.on('data', read);
    });
    credential = {
      current: async () => upstream.credential,
      reject: () => {
        rejected += 1;
      },
    };
    const door = createServer();
    door.listen(0, '127.0.0.1');
    await once(door, 'listening');
    const near = connect((door.address() as AddressInfo).port, '127.0.0.1');
    const [[far]] = await Promise.all([once(door, 'connection'), once(near, 'connect')]);
    door.close();
    await serveTunnel(
      near as TLSSocket,
      apiServer(credential, () => new Date()),
      () => {},
    );
    tunnel = connectHttp2('https://c', { createConnection: () => far });
    await once(tunnel, 'remoteSettings');
  });
  after(() => {
    tunnel?.destroy();
    upstream?.close();
  });
  beforeEach(() => {
    heads.length = 0;
    serve = (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
  });

  interface Told {
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
    readonly end: string | string[] | undefined;
  }

  function told(stream: ClientHttp2Stream): Promise<Told> {
    return new Promise((resolve) => {
      let headers: IncomingHttpHeaders = {};
      let end: string | string[] | undefined;
      let body = '';
      stream.on('error', () => {});
      stream.on('response', (head) => {
        headers = head;
      });
      stream.on('trailers', (trailers) => {
        end = trailers['countersign-end'];
      });
      stream.on('data', (chunk) => {
        body += chunk;
      });
      stream.on('end', () => stream.close());
      stream.on('close', () => resolve({ headers, body, end }));
    });
  }

  const get = (headers: Record<string, string | string[]>) =>
    told(tunnel.request({ ':path': '/api/v1/pods', ...headers }));
  const refusal = ({ headers }: Told) => `${headers['countersign-problem']} ${headers['countersign-sent']}`;

  test('the credential is added here, after the base path and the headers that may pass', async () => {
    const answer = await get({ ...AGENT, accept: 'application/json', 'impersonate-group': ['a', 'b'] });
    assert.deepEqual([answer.body, answer.end], ['ok', 'complete']);
    const lines = (heads[0] ?? '').split('\r\n');
    assert.equal(lines[0], 'GET /base/api/v1/pods HTTP/1.1');
    assert.ok(lines.includes('authorization: Bearer the-token'));
    assert.deepEqual(
      lines.filter((line) => line.startsWith('impersonate-group')),
      ['impersonate-group: a', 'impersonate-group: b'],
    );
  });

  test('a gateway that sends what it must not reaches nobody', async () => {
    const table: Record<string, string | string[]>[] = [
      {},
      { ...AGENT, authorization: 'Bearer stolen' },
      { ...AGENT, 'x-remote-user': 'root' },
      { ...AGENT, cookie: 'a=b' },
      { 'impersonate-user': 'system:admin' },
      { ...AGENT, 'impersonate-group': ['a', 'system:masters'] },
      { ...AGENT, ':path': '/api/v1/../../secrets' },
      { ...AGENT, ':path': '/api//v1' },
      { ...AGENT, ':method': 'TRACE' },
      { ...AGENT, ':method': 'HEAD' },
      { ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', ...AGENT },
      { ':method': 'CONNECT', ':protocol': 'countersign-upgrade', ':scheme': 'https', ...AGENT },
      {
        ':method': 'CONNECT',
        ':protocol': 'countersign-upgrade',
        ':scheme': 'https',
        'countersign-upgrade-method': 'GET',
        'countersign-upgrade-protocol': 'h2c',
        ...AGENT,
      },
    ];
    for (const headers of table)
      assert.equal(refusal(await get(headers)), 'request-refused false', JSON.stringify(headers));
    const body = tunnel.request({ ':path': '/api/v1/pods', ':method': 'POST', ...AGENT }, { endStream: false });
    body.end('{}');
    assert.equal(refusal(await told(body)), 'request-refused false', 'a body without a declared length');
    assert.deepEqual(heads, []);
  });

  test("an answer that ends early has no end mark, and headers that are the tunnel's own are dropped", async () => {
    const cuts = [
      'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nshort\r\n',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nshort\r\nnonsense',
    ];
    for (const bytes of cuts) {
      serve = (socket) => socket.end(bytes);
      const answer = await get(AGENT);
      assert.deepEqual([answer.body, answer.end], ['short', undefined]);
    }
    serve = (socket) =>
      socket.end(
        'HTTP/1.1 200 OK\r\ncontent-length: 0\r\ncountersign-problem: x\r\nkeep-alive: x\r\nwarning: y\r\n\r\n',
      );
    const { headers, end } = await get(AGENT);
    assert.deepEqual(
      [headers['countersign-problem'], headers['keep-alive'], headers.warning, end],
      [undefined, undefined, 'y', 'complete'],
    );
  });

  test('no answer, half an answer and nonsense are told apart from an answer', async () => {
    for (const bytes of ['', 'HTTP/1.1 200', 'no HTTP at all\r\n\r\n']) {
      serve = (socket) => socket.end(bytes);
      assert.equal(refusal(await get(AGENT)), 'upstream-cut true');
    }
  });

  test("a 401 is about the connector's credential and never reaches the caller", async () => {
    serve = (socket) => socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
    assert.equal(refusal(await get(AGENT)), 'credential-refused true');
    assert.equal(rejected, 1);
  });

  function upgrade(protocol = 'SPDY/3.1', method = 'POST') {
    const stream = tunnel.request(
      {
        ':method': 'CONNECT',
        ':protocol': 'countersign-upgrade',
        ':scheme': 'https',
        ':authority': 'c',
        ':path': '/api/v1/namespaces/a/pods/b/exec?command=id',
        'countersign-upgrade-method': method,
        'countersign-upgrade-protocol': protocol,
        ...AGENT,
      },
      { endStream: false },
    );
    return stream;
  }

  test('an upgrade goes out with the credential, and bytes that came with the 101 are not lost', async () => {
    serve = (socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: spdy/3.1\r\n\r\nearly ');
      socket.pipe(socket);
    };
    const stream = upgrade();
    // Sent before upstream has said anything: held until it says 101.
    stream.end('and late');
    const answer = await told(stream);
    assert.deepEqual(
      [answer.headers['countersign-upgrade-status'], answer.body, answer.end],
      ['101', 'early and late', 'complete'],
    );
    const head = (heads[0] ?? '').toLowerCase();
    for (const line of [
      'authorization: bearer the-token',
      'connection: upgrade',
      'upgrade: spdy/3.1',
      'content-length: 0',
    ]) {
      assert.ok(head.includes(`\r\n${line}\r\n`), line);
    }
  });

  for (const status of [200, 403, 426]) {
    test(`after a ${status} to an upgrade nothing of what the caller sends reaches upstream`, async () => {
      let more = '';
      let closed = false;
      serve = (socket) => {
        socket.on('data', (chunk: Buffer) => {
          more += chunk.toString();
        });
        socket.on('close', () => {
          closed = true;
        });
        socket.write(`HTTP/1.1 ${status} No\r\ncontent-length: 6\r\n\r\nreason`);
      };
      const stream = upgrade();
      stream.write('GET /api/v1/secrets HTTP/1.1\r\nhost: x\r\n\r\n');
      const answer = await told(stream);
      assert.deepEqual(
        [answer.headers['countersign-upgrade-status'], answer.body, answer.end],
        [String(status), 'reason', 'complete'],
      );
      while (!closed) await new Promise(setImmediate);
      assert.deepEqual([more, heads.length], ['', 1]);
    });
  }

  test('a switch to another protocol than was asked for is no switch', async () => {
    for (const header of ['upgrade: websocket', 'upgrade: SPDY/3.1, websocket']) {
      serve = (socket) =>
        socket.end(`HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\n${header}\r\n\r\nbytes`);
      assert.equal(refusal(await told(upgrade())), 'upstream-protocol true');
    }
    serve = (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    assert.match(refusal(await told(upgrade())), /^upstream-(cut|protocol) true$/);
  });

  test('an upgraded connection that is reset leaves no end mark', async () => {
    serve = (socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: SPDY/3.1\r\n\r\nbytes', () =>
        socket.destroy(),
      );
    };
    const stream = upgrade();
    const answer = told(stream);
    await once(stream, 'response');
    assert.equal((await answer).headers['countersign-upgrade-status'], '101');
  });
});
