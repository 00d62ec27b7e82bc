// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type Settings } from 'node:http2';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Fault } from '../faults.ts';
import { ActiveGrants } from '../grants/active-grants.ts';
import { SlowRefusals } from '../limits/slow-refusals.ts';
import { Strangers } from '../limits/strangers.ts';
import { UnknownCallers } from '../limits/unknown-callers.ts';
import type { Log } from '../log/log.ts';
import type { Pipeline } from '../pipeline.ts';
import type { PolicyStore } from '../policies/policy-store.ts';
import { RefusalCounter } from '../respond/refusal-counter.ts';
import { Turns } from '../respond/turns.ts';
import { type Served, serveWith } from '../serve.ts';
import { RefusedUpgrades } from '../streams/refused-upgrades.ts';
import { TurnBudget } from '../turn-budget.ts';
import { type DataListener, openDataListener } from './listener.ts';
import { selfSigned } from './self-signed-for-tests.ts';

/** A listener that refuses whoever calls: with 401 where a cluster's path is, else with 404. */
async function openRefusing(
  answerTimeoutMs: number,
  { handshakeTimeoutMs = 10_000, maxUnknownPerSource = 10, judged = Promise.resolve() } = {},
) {
  const log = { state: { state: 'ready' }, append: async () => undefined } as unknown as Log;
  const now = () => new Date();
  const served = Promise.withResolvers<Served>();
  const unknownCallers = new UnknownCallers(maxUnknownPerSource);
  const onRequest = serveWith({
    log,
    now,
    refusals: new RefusalCounter(log, now, served.reject),
    strangers: new Strangers(now),
    slowRefusals: new SlowRefusals(),
    pipeline: { run: () => judged.then(() => ({ fault: new Fault('ERR_TOKEN_MISSING') })) } as unknown as Pipeline,
    answerTimeoutMs,
    turns: new Turns({ waiting: 0 }),
    budget: new TurnBudget(),
    unknownCallers,
    refusedUpgrades: new RefusedUpgrades(() => 0),
    policies: {} as unknown as PolicyStore,
    grants: new ActiveGrants(now, () => true),
    isDraining: () => false,
    onServed: served.resolve,
    onProblem: served.reject,
  });
  const onUnreadable = () => assert.fail('all heads are fine here');
  const settings = {
    address: '127.0.0.1',
    port: 0,
    tls: { certificateFile: '', keyFile: '' },
    maxHeaderBytes: 65_536,
    maxBodyBytes: 1_024,
    maxHeldBytes: 268_435_456,
    maxConnections: 100,
    maxUnknownPerSource,
    maxStreamsPerConnection: 10,
    handshakeTimeoutMs,
    bodyTimeoutMs: 10_000,
    answerTimeoutMs,
  };
  const listener = await openDataListener({
    settings,
    ...(await selfSigned()),
    onRequest,
    onUnreadable,
    unknownCallers,
    lingerMs: 50,
  });
  return { listener, served: served.promise };
}

async function close(listener: DataListener): Promise<void> {
  const closed = listener.drain();
  listener.destroy();
  await closed;
}

interface Call {
  readonly client: ClientHttp2Session;
  readonly stream: ClientHttp2Stream;
  readonly status: number;
  readonly closed: Promise<void>;
  readonly connectionClosed: Promise<void>;
}

async function call(port: number, path: string, settings: Settings): Promise<Call> {
  const client = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, settings });
  const connectionClosed = new Promise<void>((resolve) => client.once('close', resolve));
  const stream = client.request({ ':path': path });
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  stream.on('error', () => undefined);
  const [headers] = await once(stream, 'response');
  return { client, stream, status: headers[':status'], closed, connectionClosed };
}

test('a caller that has no room for its answer does not keep it, or the place it takes, for ever', async () => {
  const { listener, served } = await openRefusing(100);
  try {
    const { client, stream, status, closed } = await call(listener.address.port, '/nowhere', { initialWindowSize: 0 });
    assert.equal(status, 404);
    assert.equal((await served).fault?.code, 'ERR_PATH_UNKNOWN');
    await closed;
    assert.equal(stream.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
    client.destroy();
  } finally {
    await close(listener);
  }
});

test('a connection on which somebody unknown called is closed once it is answered', async () => {
  const { listener } = await openRefusing(10_000);
  try {
    const { stream, status, connectionClosed } = await call(listener.address.port, '/clusters/lab/api', {});
    assert.equal(status, 401);
    assert.equal(JSON.parse(await text(stream)).code, 401);
    await connectionClosed;
  } finally {
    await close(listener);
  }
});

const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from('000000040000000000', 'hex'),
]);
/** Long enough for a handshake on a busy machine. */
const HANDSHAKE_TIMEOUT_MS = 500;
const PING = Buffer.from(`000008060000000000${'00'.repeat(8)}`, 'hex');
/** `GET https://x/clusters/lab/api`, END_STREAM and END_HEADERS. */
const HEAD = Buffer.from('000018010500000001828704112f636c7573746572732f6c61622f617069410178', 'hex');

for (const [what, bytes] of [
  ['asks nothing', PREFACE],
  ['is unknown', Buffer.concat([PREFACE, HEAD])],
] as const) {
  test(`a peer that ${what}, and never closes its half, does not keep a place`, async () => {
    const { listener } = await openRefusing(10_000, { handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS });
    try {
      const { port } = listener.address;
      const options = { port, rejectUnauthorized: false, ALPNProtocols: ['h2'], allowHalfOpen: true };
      const peer = connectTls(options);
      const closed = new Promise((resolve) => peer.once('close', () => resolve('closed')));
      peer.on('error', () => undefined);
      peer.resume().write(bytes);
      await once(peer, 'end');
      // A half that is open takes what is written to it; once the connection is gone there is a reset.
      const writing = setInterval(() => peer.write(PING), 20);
      const outcome = await Promise.race([
        closed,
        new Promise((resolve) => setTimeout(resolve, 10_000, 'still open').unref()),
      ]);
      clearInterval(writing);
      peer.destroy();
      assert.equal(outcome, 'closed');
    } finally {
      await close(listener);
    }
  });
}

test('an address has so many connections whose callers nobody knows, and a place for another when one closes', async (t) => {
  const { listener } = await openRefusing(10_000);
  t.after(() => close(listener));
  const open = () => connectTls({ port: listener.address.port, host: '127.0.0.1', rejectUnauthorized: false });
  const silent = Array.from({ length: 10 }, open);
  await Promise.all(silent.map((socket) => once(socket, 'secureConnect')));
  const refused = open();
  refused.on('error', () => undefined);
  await new Promise((resolve) => refused.once('close', resolve));
  const [first] = silent;
  first?.destroy();
  await eventuallyOpens(open);
  for (const socket of silent) socket.destroy();
});

test('an address has so many requests under way whose callers nobody knows; another is told to wait', async (t) => {
  const { promise: judged, resolve: judge } = Promise.withResolvers<void>();
  const { listener } = await openRefusing(10_000, { maxUnknownPerSource: 1, judged });
  t.after(() => close(listener));
  const client = connect(`https://127.0.0.1:${listener.address.port}`, { rejectUnauthorized: false });
  t.after(() => client.destroy());
  const first = client.request({ ':path': '/clusters/lab/version' });
  const second = client.request({ ':path': '/clusters/lab/version' });
  const [refused] = await once(second, 'response');
  assert.deepEqual([refused[':status'], refused['retry-after']], [429, '1']);
  assert.match(await text(second), /"reason":"ERR_LIMIT_SOURCE"/);
  judge();
  const [answered] = await once(first, 'response');
  assert.equal(answered[':status'], 401);
});

/** Connects until it is let in: that another has closed is heard on the other side a little later. */
async function eventuallyOpens(open: () => TLSSocket): Promise<void> {
  for (;;) {
    const socket = open();
    socket.on('error', () => undefined);
    const isIn = await Promise.race([
      new Promise<boolean>((resolve) => socket.once('secureConnect', () => resolve(true))),
      new Promise<boolean>((resolve) => socket.once('close', () => resolve(false))),
    ]);
    socket.destroy();
    if (isIn) return;
  }
}
