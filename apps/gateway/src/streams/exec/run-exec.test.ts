// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import {
  ChannelDecoder,
  type ChannelEvent,
  encodeChannelData,
  encodeClose,
  parseRequest,
  StreamStatusReader,
  WebSocketDecoder,
} from '@countersign/kube';
import type { Masked } from '../../exchange.ts';
import { Fault } from '../../faults.ts';
import type { Log } from '../../log/log.ts';
import { LogError } from '../../log/log-error.ts';
import { faultOf } from '../../respond/fault-of.ts';
import { isSession, runExec } from './run-exec.ts';

const success = Buffer.from('{"metadata":{},"status":"Success"}');

/** What a caller got, and what is on record of it. */
interface Outcome {
  readonly events: readonly ChannelEvent[];
  readonly records: readonly LogRecord[];
  readonly switched: boolean;
  readonly error: unknown;
}

interface Given {
  /** What upstream does once both sides have switched. */
  readonly upstream: (connection: Duplex) => void;
  /** Whether an append of such records fails. */
  readonly failsAt?: LogRecord['type'];
  /** Ends the exchange from outside. */
  readonly endBy?: Fault;
  /** The caller never reads. */
  readonly stalled?: boolean;
}

async function read(connection: Duplex): Promise<ChannelEvent[]> {
  const frames = new WebSocketDecoder({ peer: 'server' });
  const channels = new ChannelDecoder({ version: 5, side: 'server' });
  const events: ChannelEvent[] = [];
  connection.on('data', (chunk: Buffer) => {
    for (const event of frames.push(chunk)) if (event.type === 'data') events.push(...channels.push(event));
  });
  await once(connection, 'close');
  return events;
}

async function run({ upstream: act, failsAt, endBy, stalled }: Given): Promise<Outcome> {
  const [caller, callersEnd] = duplexPair();
  const [upstream, upstreamsEnd] = duplexPair();
  for (const each of [caller, callersEnd, upstream, upstreamsEnd]) each.on('error', () => {});
  callersEnd.once('close', () => caller.destroy());
  caller.once('end', () => caller.destroy());
  const abort = new AbortController();
  const records: LogRecord[] = [];
  let switched = false;
  const log = {
    onState: () => () => {},
    append: async (added: readonly LogRecord[]) => {
      if (added.some(({ type }) => type === failsAt)) throw new LogError('ERR_LOG_FAILED', 'the disk is gone');
      return { index: records.push(...added) };
    },
  } as unknown as Log;
  const exchange = {
    id: '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11',
    abort,
    receivedAt: new Date(),
    incoming: {
      reply: { cut: () => callersEnd.destroy() },
      switchTo: () => {
        switched = true;
        return callersEnd;
      },
    },
    headers: {},
    lane: 'exec',
    principal: { id: 'a', act: [] },
    token: { expiresAt: 0 },
    upstreamGroups: [],
    allowance: { spend() {}, hasBytes: async () => {} },
    request: parseRequest('GET', '/api/v1/namespaces/a/pods/p/exec?command=id&stdin=true&stdout=true'),
    upgrade: {
      offer: { transport: 'websocket', key: 'dGhlIHNhbXBsZSBub25jZQ==', protocols: ['v5.channel.k8s.io'] },
      protocol: { name: 'v5.channel.k8s.io', framing: 'channels-v5' },
    },
    response: { status: 101, headers: [], body: upstream },
    upstream,
  } as unknown as Masked;
  assert.ok(isSession(exchange));
  const got = stalled ? once(callersEnd, 'close').then((): ChannelEvent[] => []) : read(caller);
  act(upstreamsEnd);
  if (endBy) abort.abort(endBy);
  const error = await runExec(exchange, { log, now: () => new Date(), faultOf }).catch((thrown: unknown) => thrown);
  if (!switched) caller.destroy();
  return { events: switched ? await got : [], records, switched, error };
}

function statusOf(events: readonly ChannelEvent[]) {
  const reader = new StreamStatusReader();
  for (const event of events) if (event.type === 'data' && event.channel === 'error') reader.push(event.data);
  return reader.end();
}

function endOf(records: readonly LogRecord[]) {
  const end = records.at(-1);
  assert.ok(end?.type === 'stream.end', `the last record is ${end?.type}`);
  return [end.end, end.reason, end.exitCode, end.bytesDown];
}

test('a session that comes to its end is told so after its records', async () => {
  const { events, records } = await run({
    upstream: (connection) => {
      connection.write(encodeChannelData('stdout', Buffer.from('out')));
      connection.write(encodeChannelData('error', success));
      connection.end(encodeClose(1000, ''));
    },
  });
  assert.deepEqual(
    records.map(({ type }) => type),
    ['outcome', 'stream.start', 'stream.end'],
  );
  assert.deepEqual(endOf(records), ['complete', undefined, 0, 3]);
  assert.deepEqual(statusOf(events), { outcome: 'success' });
});

for (const [how, upstream] of [
  ['closes without a status', (connection) => connection.end(encodeClose(1000, ''))],
  ['just ends', (connection) => connection.end()],
  ['breaks off', (connection) => connection.destroy()],
] as const satisfies [string, (connection: Duplex) => void][]) {
  test(`an upstream that ${how} is no success`, async () => {
    const { events, records } = await run({ upstream });
    assert.deepEqual(endOf(records).slice(0, 2), ['cut', 'ERR_UPSTREAM_LOST']);
    assert.equal(statusOf(events)?.outcome, 'failure');
  });
}

test('what upstream says that can not be read is not passed on', async () => {
  const { events, records } = await run({ upstream: (connection) => connection.write('HTTP/1.1 200 OK\r\n') });
  assert.deepEqual(endOf(records).slice(0, 2), ['cut', 'ERR_ANSWER_MALFORMED']);
  assert.equal(events.filter((event) => event.channel !== 'error').length, 0);
});

test('without a start on record nothing is switched', async () => {
  const { switched, error, records } = await run({ upstream: () => {}, failsAt: 'stream.start' });
  assert.deepEqual([switched, records], [false, []]);
  assert.ok(error instanceof LogError);
});

test('without an end on record no end is told', async () => {
  const { events, records } = await run({
    upstream: (connection) => {
      connection.write(encodeChannelData('error', success));
      connection.end(encodeClose(1000, ''));
    },
    failsAt: 'stream.end',
  });
  assert.equal(statusOf(events), undefined);
  assert.equal(records.at(-1)?.type, 'stream.start');
});

test('what is ended from outside hears why', async () => {
  const { events, records } = await run({ upstream: () => {}, endBy: new Fault('ERR_TOKEN_EXPIRED') });
  assert.deepEqual(endOf(records).slice(0, 2), ['cut', 'ERR_TOKEN_EXPIRED']);
  const status = statusOf(events);
  assert.ok(status?.outcome === 'failure');
  assert.match(status.message, /the token expired.*request 3f0c1d1e/);
});

test('a caller that does not read is closed all the same', async () => {
  const since = performance.now();
  const { records } = await run({
    upstream: (connection) => void connection.write(encodeChannelData('stdout', Buffer.alloc(1_000_000))),
    endBy: new Fault('ERR_AGENT_LOCKED'),
    stalled: true,
  });
  assert.deepEqual(endOf(records).slice(0, 2), ['cut', 'ERR_AGENT_LOCKED']);
  assert.ok(performance.now() - since < 1_000);
});
