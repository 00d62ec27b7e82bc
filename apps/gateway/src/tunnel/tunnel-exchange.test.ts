// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { servePeer } from './dialling-peer.ts';
import { TunnelError } from './tunnel-error.ts';
import { openTunnels, type Tunnels } from './tunnels.ts';

let directory: string;
let store: Store;
let tunnels: Tunnels;
let clusters = 0;
let accepted = 0;

describe('requests through a tunnel', () => {
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'countersign-exchange-'));
    store = await openSqliteStore(join(directory, 'state.db'));
    tunnels = await openTunnels({
      host: '127.0.0.1',
      port: 0,
      hostnames: [],
      gatewayId: 'gw-1',
      store,
      now: () => new Date(),
      async record({ type }) {
        if (type === 'connected') accepted += 1;
      },
    });
  });
  after(async () => {
    await tunnels.close(0);
    await store.close();
    await rm(directory, { recursive: true });
  });

  type Serve = (stream: ServerHttp2Stream, socket: TLSSocket, session: ServerHttp2Session) => void;

  /** A cluster with one connector for each of `serve`, which answer as those do. */
  async function clusterOf(...serves: readonly Serve[]): Promise<string> {
    clusters += 1;
    const cluster = `c${clusters}`;
    await store.clusters.insert(cluster, { source: 'config', description: '' });
    for (const serve of serves) {
      const before = accepted;
      await servePeer(tunnels, cluster, (session, socket) => {
        session.on('stream', (stream) => {
          stream.on('error', () => {});
          serve(stream, socket, session);
        });
      });
      while (accepted === before) await new Promise(setImmediate);
    }
    return cluster;
  }

  function get(cluster: string, signal = new AbortController().signal) {
    return tunnels.request(cluster, { method: 'GET', target: '/version', headers: [], body: undefined, signal });
  }

  function upgrade(cluster: string) {
    return tunnels.upgrade(cluster, {
      method: 'GET',
      target: '/api/v1/namespaces/a/pods/b/exec',
      headers: [['impersonate-user', 'countersign:agent:a']],
      protocol: 'websocket',
      signal: new AbortController().signal,
    });
  }

  function whole(stream: ServerHttp2Stream, body: string, headers: Record<string, string | number> = {}): void {
    stream.respond({ ':status': 200, ...headers }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'countersign-end': 'complete' }));
    stream.end(body);
  }

  function is(code: string, fields: Partial<TunnelError>) {
    return (error: unknown) => {
      assert.ok(error instanceof TunnelError, String(error));
      const { sent, problem } = error;
      assert.deepEqual({ code: error.code, sent, problem }, { code, problem: undefined, ...fields });
      return true;
    };
  }

  const beginning = (stream: ServerHttp2Stream) => {
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.write('the beginning');
  };
  const cuts: readonly (readonly [how: string, cut: Serve])[] = [
    ['an end without the end mark', (stream) => stream.end().on('wantTrailers', () => stream.sendTrailers({}))],
    [
      'another end mark',
      (stream) => stream.end().on('wantTrailers', () => stream.sendTrailers({ 'countersign-end': 'cut' })),
    ],
    ['a reset with NO_ERROR', (stream) => stream.close(constants.NGHTTP2_NO_ERROR)],
    ['a reset with CANCEL', (stream) => stream.close(constants.NGHTTP2_CANCEL)],
    ['a reset with INTERNAL_ERROR', (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR)],
    ['a connection that closes', (_stream, socket) => socket.end()],
    ['a connection that is reset', (_stream, socket) => socket.destroy()],
    [
      'a GOAWAY with an error',
      (_stream, _socket, session) => session.destroy(undefined, constants.NGHTTP2_INTERNAL_ERROR),
    ],
  ];
  for (const [how, cut] of cuts) {
    test(`${how} in the middle of a body is an error, never an end`, async () => {
      let cutNow = () => {};
      const cluster = await clusterOf((stream, socket, session) => {
        beginning(stream);
        cutNow = () => cut(stream, socket, session);
      });
      const { body } = await get(cluster);
      await once(body, 'readable');
      cutNow();
      await assert.rejects(body.toArray(), is('ERR_TUNNEL_LOST', { sent: true }));
    });
  }

  test('a connector that goes before it answers leaves it open whether the request was sent', async () => {
    const cluster = await clusterOf((_stream, socket) => socket.destroy());
    await assert.rejects(get(cluster), is('ERR_TUNNEL_LOST', { sent: true }));
  });

  test('a stream that was refused goes to another tunnel, once', async () => {
    const refuse: Serve = (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM);
    const lucky = await clusterOf(refuse, (stream) => whole(stream, 'from the other'));
    const { body } = await get(lucky);
    assert.equal((await body.toArray()).join(''), 'from the other');
    const unlucky = await clusterOf(refuse, refuse, refuse);
    await assert.rejects(get(unlucky), is('ERR_TUNNEL_LOST', { sent: false }));
  });

  test('what the connector says in place of an answer becomes an error with its problem', async () => {
    const say = (problem: string, sent: string): Serve => {
      return (stream) =>
        stream.respond(
          { ':status': 502, 'countersign-problem': problem, 'countersign-sent': sent },
          { endStream: true },
        );
    };
    const table = [
      ['upstream-unreachable', 'false', { problem: 'upstream-unreachable', sent: false }],
      ['credential-refused', 'true', { problem: 'credential-refused', sent: true }],
      ['something-new', 'perhaps', { problem: 'upstream-protocol', sent: true }],
    ] as const;
    for (const [problem, sent, expected] of table) {
      await assert.rejects(get(await clusterOf(say(problem, sent))), is('ERR_TUNNEL_UPSTREAM', expected));
    }
  });

  test('headers of the tunnel and of one connection never reach the caller', async () => {
    const cluster = await clusterOf((stream) => whole(stream, '', { 'countersign-anything': 'x', warning: 'kept' }));
    const { headers, body } = await get(cluster);
    assert.deepEqual(
      headers.map(([name]) => name),
      ['warning', 'date'],
    );
    await body.toArray();
  });

  test('an answer without a body is whole at once', async () => {
    const cluster = await clusterOf((stream) => stream.respond({ ':status': 304 }, { endStream: true }));
    const { status, body } = await get(cluster);
    assert.deepEqual([status, (await body.toArray()).length], [304, 0]);
  });

  test('a connector that leaves gets nothing new and finishes what it has', async () => {
    const open: ServerHttp2Stream[] = [];
    const cluster = await clusterOf(
      (stream, _socket, session) => {
        beginning(stream);
        open.push(stream);
        session.close();
      },
      (stream) => whole(stream, 'new'),
    );
    const { body } = await get(cluster);
    while (tunnels.connected(cluster).length > 1) await new Promise(setImmediate);
    for (let i = 0; i < 3; i += 1) assert.equal((await (await get(cluster)).body.toArray()).join(''), 'new');
    open[0]?.on('wantTrailers', () => open[0]?.sendTrailers({ 'countersign-end': 'complete' })).end(', the end');
    assert.equal((await body.toArray()).join(''), 'the beginning, the end');
  });

  test('requests are spread over the tunnels of a cluster', async () => {
    const counts = [0, 0, 0];
    const cluster = await clusterOf(
      ...counts.map(
        (_, i): Serve =>
          (stream) => {
            counts[i] = (counts[i] ?? 0) + 1;
            beginning(stream);
          },
      ),
    );
    const cancel = new AbortController();
    await Promise.all(Array.from({ length: 30 }, () => get(cluster, cancel.signal)));
    assert.deepEqual(counts, [10, 10, 10]);
    cancel.abort();
  });

  test('a cancelled request is cancelled on the connector, before and after its answer', async () => {
    const codes: (number | undefined)[] = [];
    let seen = () => {};
    const cluster = await clusterOf((stream) => {
      stream.on('close', () => codes.push(stream.rstCode));
      if (codes.length > 0) beginning(stream);
      seen();
    });
    const before = new AbortController();
    seen = () => before.abort();
    await assert.rejects(get(cluster, before.signal), is('ERR_TUNNEL_CANCELLED', { sent: true }));
    while (codes.length < 1) await new Promise(setImmediate);
    const during = new AbortController();
    const { body } = await get(cluster, during.signal);
    during.abort();
    await assert.rejects(body.toArray(), is('ERR_TUNNEL_CANCELLED', { sent: true }));
    while (codes.length < 2) await new Promise(setImmediate);
    const third = await get(cluster);
    third.body.destroy();
    while (codes.length < 3) await new Promise(setImmediate);
    assert.deepEqual(codes, Array(3).fill(constants.NGHTTP2_CANCEL));
  });

  test('a body that nobody reads stops its sender at the stream window', async () => {
    let bytes = 0;
    let full = () => {};
    const stalled = new Promise<void>((resolve) => {
      full = resolve;
    });
    const cluster = await clusterOf((stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      const chunk = Buffer.alloc(64 * 1024);
      const pump = () => {
        while (!stream.destroyed) {
          bytes += chunk.length;
          if (!stream.write(chunk)) break;
        }
      };
      stream.on('drain', pump);
      let last = 0;
      const watch = setInterval(() => {
        if (bytes === last) {
          clearInterval(watch);
          full();
        }
        last = bytes;
      }, 100);
      pump();
    });
    const { body } = await get(cluster);
    await stalled;
    assert.ok(bytes >= 1024 * 1024 && bytes < 2 * 1024 * 1024, `${bytes} bytes were taken`);
    body.destroy();
  });

  test('an upgrade carries bytes both ways, and its refusal is an ordinary answer', async () => {
    const echo = await clusterOf((stream) => {
      stream.respond(
        { ':status': 200, 'countersign-upgrade-status': 101, 'sec-websocket-accept': 'x' },
        { waitForTrailers: true },
      );
      stream.on('wantTrailers', () => stream.sendTrailers({ 'countersign-end': 'complete' }));
      stream.pipe(stream);
    });
    const answer = await upgrade(echo);
    assert.ok(answer.switched);
    answer.stream.cork();
    for (const word of ['there ', 'and ']) answer.stream.write(word);
    answer.stream.uncork();
    answer.stream.end('back');
    assert.equal((await answer.stream.toArray()).join(''), 'there and back');

    const refused = await upgrade(
      await clusterOf((stream) => whole(stream, 'no', { 'countersign-upgrade-status': 403 })),
    );
    assert.ok(!refused.switched);
    assert.equal(refused.status, 403);
    assert.equal((await refused.body.toArray()).join(''), 'no');
  });

  test('an upgrade that is cut fails its bytes, and an answer without a status is none', async () => {
    let cutNow = () => {};
    const cut = await clusterOf((stream, socket) => {
      stream.respond({ ':status': 200, 'countersign-upgrade-status': 101 }, { waitForTrailers: true });
      stream.write('x');
      cutNow = () => socket.destroy();
    });
    const answer = await upgrade(cut);
    assert.ok(answer.switched);
    const failed = once(answer.stream.resume(), 'error');
    cutNow();
    const [error] = await failed;
    assert.ok(is('ERR_TUNNEL_LOST', { sent: true })(error));
    const silent = await clusterOf((stream) => whole(stream, ''));
    await assert.rejects(upgrade(silent), is('ERR_TUNNEL_LOST', { sent: true }));
  });
});
