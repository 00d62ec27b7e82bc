// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KubeError } from '../error.ts';
import { joined, utf8 } from '../fixtures/bytes.ts';
import { inflateStored } from '../fixtures/inflate-stored.ts';
import { SpdyEncoder } from './encoder.ts';
import { resetStatuses, type SpdyFrame, type SpdyHeaders } from './frame.ts';
import { SpdySession } from './session.ts';

const headers: SpdyHeaders = [{ name: 'streamtype', values: ['stdin'] }];

function session(role: 'client' | 'server', maxStreams = 100): SpdySession {
  return new SpdySession({ role, inflate: inflateStored, limits: { maxStreams } });
}

function pair() {
  return { client: session('client'), server: session('server') };
}

test('a stream is opened, accepted, written on both ways and forgotten when both have ended', () => {
  const { client, server } = pair();
  const opened = client.open(headers);
  assert.deepEqual(server.push(opened.bytes), [{ type: 'opened', stream: 1, headers, fin: false }]);
  assert.deepEqual(client.push(server.accept(1)), [{ type: 'accepted', stream: 1, fin: false }]);
  assert.deepEqual(server.push(client.write(1, utf8('in'), true) as Uint8Array), [
    { type: 'data', stream: 1, data: utf8('in'), fin: true },
  ]);
  assert.deepEqual(client.push(server.write(1, utf8('out')) as Uint8Array), [
    { type: 'data', stream: 1, data: utf8('out'), fin: false },
  ]);
  assert.deepEqual([client.openStreams, server.openStreams], [1, 1]);
  client.push(server.write(1, utf8(''), true) as Uint8Array);
  assert.deepEqual([client.openStreams, server.openStreams], [0, 0]);
  assert.equal(server.write(1, utf8('late')), undefined);
  assert.equal(client.reset(1, resetStatuses.cancel), undefined);
});

test('what is written on a stream may come before the reply that takes it', () => {
  const { client, server } = pair();
  server.push(client.open(headers).bytes);
  const reply = server.accept(1);
  const said = { type: 'data', stream: 1, data: utf8('early'), fin: true } as const;
  assert.deepEqual(client.push(server.write(1, said.data, true) as Uint8Array), [said]);
  assert.deepEqual(client.push(reply), [{ type: 'accepted', stream: 1, fin: false }]);
});

test('streams have the numbers of who opened them', () => {
  const { client, server } = pair();
  assert.deepEqual([client.open(headers).stream, client.open(headers).stream], [1, 3]);
  assert.deepEqual([server.open(headers).stream, server.open(headers).stream], [2, 4]);
});

test('a reset ends both directions, and what was under way is passed over', () => {
  const { client, server } = pair();
  server.push(client.open(headers).bytes);
  client.push(server.accept(1));
  const underWay = client.write(1, utf8('late')) as Uint8Array;
  const reset = server.reset(1, resetStatuses.cancel) as Uint8Array;
  assert.deepEqual(server.push(underWay), []);
  assert.deepEqual(client.push(reset), [{ type: 'reset', stream: 1, status: 5 }]);
  assert.equal(client.write(1, utf8('more')), undefined);
});

test('a ping of the peer asks for an answer, ours gets one', () => {
  const { client, server } = pair();
  assert.deepEqual(server.push(client.ping(1)), [{ type: 'ping', id: 1 }]);
  assert.deepEqual(client.push(server.ping(1)), [{ type: 'pong', id: 1 }]);
});

test('after a goaway streams go on and none is opened', () => {
  const { client, server } = pair();
  server.push(client.open(headers).bytes);
  client.push(server.accept(1));
  assert.equal(client.isLeaving, false);
  assert.deepEqual(client.push(server.goaway(0)), [{ type: 'goaway' }]);
  assert.equal(client.isLeaving, true);
  assert.equal(server.push(client.write(1, utf8('x')) as Uint8Array).length, 1);
  assert.throws(() => client.open(headers), { code: 'ERR_KUBE_SPDY' });
});

test('no more streams are open at once than allowed', () => {
  const client = session('client', 3);
  const server = session('server', 2);
  const [one, two, three] = [client.open(headers), client.open(headers), client.open(headers)];
  assert.throws(() => client.open(headers), { code: 'ERR_KUBE_SPDY_TOO_LARGE' });
  server.push(joined([one.bytes, two.bytes]));
  assert.throws(() => server.push(three.bytes), { code: 'ERR_KUBE_SPDY_TOO_LARGE' });
});

test('what is under the limit is under it again when streams have ended', () => {
  const client = session('client', 1);
  for (let index = 0; index < 5; index += 1) {
    const { stream } = client.open(headers);
    client.reset(stream, resetStatuses.cancel);
  }
  assert.equal(client.openStreams, 0);
});

const refused: readonly [name: string, role: 'client' | 'server', frames: readonly SpdyFrame[]][] = [
  ['a stream under our number', 'server', [{ type: 'syn-stream', stream: 2, headers, fin: false }]],
  [
    'a stream under a lower number',
    'server',
    [3, 1].map((stream) => ({ type: 'syn-stream', stream, headers, fin: false })),
  ],
  ['a stream twice', 'server', [1, 1].map((stream) => ({ type: 'syn-stream', stream, headers, fin: false }))],
  ['data of no stream', 'server', [{ type: 'data', stream: 1, data: utf8('x'), fin: false }]],
  ['a reset of no stream', 'server', [{ type: 'rst-stream', stream: 1, status: 5 }]],
  ['a reply to no stream', 'client', [{ type: 'syn-reply', stream: 3, headers: [], fin: false }]],
  ['a second reply', 'client', [1, 1].map((stream) => ({ type: 'syn-reply', stream, headers: [], fin: false }))],
  [
    'a reply to its own stream',
    'server',
    [
      { type: 'syn-stream', stream: 1, headers, fin: false },
      { type: 'syn-reply', stream: 1, headers: [], fin: false },
    ],
  ],
  [
    'data after the end',
    'server',
    [
      { type: 'syn-stream', stream: 1, headers, fin: true },
      { type: 'data', stream: 1, data: utf8('x'), fin: false },
    ],
  ],
  [
    'headers after the first',
    'server',
    [
      { type: 'syn-stream', stream: 1, headers, fin: false },
      { type: 'headers', stream: 1, headers, fin: false },
    ],
  ],
];

for (const [name, role, frames] of refused) {
  test(`${name} is refused`, () => {
    const own = session(role);
    if (role === 'client') own.open(headers);
    const peer = new SpdyEncoder();
    assert.throws(() => own.push(joined(frames.map((frame) => peer.encode(frame)))), { code: 'ERR_KUBE_SPDY' });
  });
}

test('what is not agreed on is not written', () => {
  const { client, server } = pair();
  const { stream, bytes } = client.open(headers);
  assert.throws(() => client.write(stream, utf8('early')), { code: 'ERR_KUBE_SPDY' });
  assert.throws(() => client.accept(stream), { code: 'ERR_KUBE_SPDY' });
  assert.throws(() => server.accept(1), { code: 'ERR_KUBE_SPDY' });
  server.push(bytes);
  server.accept(1);
  assert.throws(() => server.accept(1), { code: 'ERR_KUBE_SPDY' });
});

test('whatever a peer sends, a session reads it within its limits or refuses it with a KubeError', () => {
  const stream = fc.integer({ min: 1, max: 12 });
  const frame: fc.Arbitrary<SpdyFrame> = fc.oneof(
    fc.record({ type: fc.constant('syn-stream' as const), stream, headers: fc.constant(headers), fin: fc.boolean() }),
    fc.record({ type: fc.constant('syn-reply' as const), stream, headers: fc.constant(headers), fin: fc.boolean() }),
    fc.record({ type: fc.constant('data' as const), stream, data: fc.uint8Array({ maxLength: 9 }), fin: fc.boolean() }),
    fc.record({ type: fc.constant('rst-stream' as const), stream, status: fc.constant(5) }),
    fc.record({ type: fc.constant('ping' as const), id: stream }),
  );
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 30 }), fc.constantFrom('client', 'server'), (frames, role) => {
      const own = session(role, 3);
      own.open(headers);
      const peer = new SpdyEncoder();
      try {
        for (const each of frames) {
          own.push(peer.encode(each));
          assert.ok(own.openStreams <= 3);
        }
      } catch (error) {
        assert.ok(error instanceof KubeError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
