// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import {
  encodePortChannel,
  type PortChannelData,
  PortChannelDecoder,
  portStreamHeaders,
  WebSocketDecoder,
} from '@countersign/kube';
import { decide } from '@countersign/policy';
import type { StreamFrame } from '@countersign/recording';
import { Fault } from '../../faults.ts';
import { labSet } from '../../policies/policy-fixture.ts';
import { LastBytes } from '../bytes-for-tests.ts';
import { CONTROL_BYTES } from '../frame-turns.ts';
import { PING_MS } from '../upstream-timing.ts';
import { channels, connect, leave, noBytes, run } from './port-forward-for-tests.ts';

const MASK = new Uint8Array(4);

function portsOf(records: readonly LogRecord[]) {
  return records.flatMap((record) =>
    record.type === 'stream.port' ? [[record.port, record.decision.effect, record.decision.occasion]] : [],
  );
}

function endOf(records: readonly LogRecord[]) {
  const end = records.at(-1);
  assert.ok(end?.type === 'stream.end', `the last record is ${end?.type}`);
  return { end: end.end, reason: end.reason, ports: end.ports };
}

test('connections to several ports carry their bytes both ways, each port decided first', async () => {
  const running = run();
  const one = await connect(running, 8080, '0');
  const two = await connect(running, 9090, '1');
  const three = await connect(running, 8080, '2');
  const { client, records } = running;
  for (const [{ data }, text] of [
    [one, 'one'],
    [two, 'second'],
    [three, '3'],
  ] as const)
    client.send(client.session.write(data, Buffer.from(text), true));
  assert.deepEqual(await Promise.all([one, two, three].map(({ data }) => client.textOf(data))), ['one', 'second', '3']);
  assert.deepEqual(await Promise.all([one, two, three].map(({ error }) => client.textOf(error))), ['', '', '']);
  await leave(running);
  const spent = running.spent.reduce((sum, bytes) => sum + bytes, 0);
  assert.ok(spent >= 9 * CONTROL_BYTES, 'three connections, three times few bytes, and three ends count');
  assert.deepEqual(portsOf(records), [
    [8080, 'allow', 'port'],
    [9090, 'allow', 'port'],
  ]);
  assert.deepEqual(endOf(records), {
    end: 'complete',
    reason: undefined,
    ports: [
      { port: 8080, connections: 2, bytesUp: 4, bytesDown: 4 },
      { port: 9090, connections: 1, bytesUp: 6, bytesDown: 6 },
    ],
  });
});

test('a forbidden port is told so on its error stream, upstream never hears of it, and the others live on', async () => {
  const running = run();
  const { client, upstream, records } = running;
  const open = await connect(running, 8080, '0');
  const shut = await connect(running, 22, '1');
  assert.match(await client.textOf(shut.error), /no.*\(request 3f0c1d1e/);
  assert.equal(await client.textOf(shut.data), '');
  client.send(client.session.write(open.data, Buffer.from('still'), true));
  assert.equal(await client.textOf(open.data), 'still');
  const asked = upstream.events.flatMap((event) =>
    event.type === 'opened' ? [event.headers.find(({ name }) => name === 'port')?.values[0]] : [],
  );
  assert.deepEqual(asked, ['8080', '8080']);
  await leave(running);
  assert.deepEqual(portsOf(records), [
    [8080, 'allow', 'port'],
    [22, 'deny', 'port'],
  ]);
});

test('a port of which the decision is not on record is not opened', async () => {
  const running = run({ failsAt: 'stream.port' });
  const { client, upstream } = running;
  const { stream, bytes } = client.session.open(portStreamHeaders({ type: 'error', port: 8080, requestId: '0' }));
  client.send(bytes);
  await client.find((event) => event.type === 'accepted' && event.stream === stream);
  client.send(client.session.open(portStreamHeaders({ type: 'data', port: 8080, requestId: '0' })).bytes);
  await running.over;
  assert.equal(upstream.events.filter(({ type }) => type === 'opened').length, 0);
  assert.equal(endOf(running.records).reason, 'ERR_LOG_FAILED');
});

test('when policy closes a port, its connections end with the reason and the others live on', async () => {
  const running = run();
  const { client, parts, records } = running;
  const closed = await connect(running, 8080, '0');
  const open = await connect(running, 9090, '1');
  const rules = '@reveal permit (principal, action == Action::"portforward", resource) when { context.port == 9090 };';
  running.decideBy(rules);
  const set = labSet(rules);
  for (const part of [...parts]) {
    const decision = decide(set, part.made.input);
    part.decidedAgain({ id: '00000000-0000-4000-8000-000000000000', input: part.made.input, decision });
  }
  assert.match(await client.textOf(closed.error), /no/);
  client.send(client.session.write(open.data, Buffer.from('on'), true));
  assert.equal(await client.textOf(open.data), 'on');
  await leave(running);
  assert.deepEqual(portsOf(records).slice(2), [
    [8080, 'deny', 'policy-epoch'],
    [9090, 'allow', 'policy-epoch'],
  ]);
});

test('a port that a new connection is the first to find closed ends the connections that it had', async () => {
  const running = run();
  const { client, parts, records } = running;
  const early = await connect(running, 8080, '0');
  running.decideBy(
    '@reveal permit (principal, action == Action::"portforward", resource) when { context.port == 9090 };',
  );
  const late = await connect(running, 8080, '1');
  assert.match(await client.textOf(late.error), /no/);
  assert.match(await client.textOf(early.error), /no/);
  assert.equal(parts.size, 0);
  await leave(running);
  assert.deepEqual(
    portsOf(records).map(([, effect]) => effect),
    ['allow', 'deny'],
  );
});

test('what is ended from outside is told on each connection, and why is on record', async () => {
  const running = run();
  const streams = await connect(running, 8080, '0');
  running.abort.abort(new Fault('ERR_AGENT_LOCKED'));
  assert.match(await running.client.textOf(streams.error), /a lock is on this agent/);
  await running.over;
  assert.deepEqual([endOf(running.records).end, endOf(running.records).reason], ['cut', 'ERR_AGENT_LOCKED']);
});

test('a caller whose bytes can not be read ends its port-forward, and nothing else of them is passed on', async () => {
  const running = run();
  running.caller.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  await running.over;
  assert.equal(endOf(running.records).reason, 'ERR_STREAM_MALFORMED');
});

test('an upstream that breaks off is a cut', async () => {
  const running = run();
  const { error } = await connect(running, 8080, '0');
  running.upstreamConnection.destroy();
  assert.match(await running.client.textOf(error), /request 3f0c1d1e/);
  await running.over;
  assert.deepEqual([endOf(running.records).end, endOf(running.records).reason], ['cut', 'ERR_UPSTREAM_LOST']);
});

/** A recording in words. */
function spelled(frames: readonly StreamFrame[]) {
  return frames.map((frame) => {
    const connection = 'connection' in frame ? ` ${frame.connection}` : '';
    const text = 'bytes' in frame ? ` ${Buffer.from(frame.bytes)}` : '';
    return `${frame.channel}${connection}${text}`;
  });
}

test('a port-forward that ends waits no longer for bytes of its agent', { timeout: 10_000 }, async () => {
  const waiting = Promise.withResolvers<void>();
  const bytes = new LastBytes(false, () => waiting.resolve());
  const running = run({ hasBytes: bytes.hasBytes });
  const { data } = await connect(running, 8080, '0');
  bytes.isOut = true;
  running.client.send(running.client.session.write(data, Buffer.from('more')));
  await waiting.promise;
  running.upstreamConnection.destroy();
  await running.over;
  assert.equal(endOf(running.records).reason, 'ERR_UPSTREAM_LOST');
  assert.ok(bytes.isOver);
});

test('what flows is recorded, connection by connection, and what is refused', async () => {
  const running = run();
  const { client } = running;
  const { data, error } = await connect(running, 8080, '0');
  client.send(client.session.write(data, Buffer.from('in'), true));
  await Promise.all([client.textOf(data), client.textOf(error)]);
  const shut = await connect(running, 22, '1');
  await client.textOf(shut.data);
  await leave(running);
  const frames = spelled(running.recorded);
  assert.deepEqual(frames.slice(0, 5), [
    'port-open 1',
    'port-up 1 in',
    'port-up-end 1',
    'port-down 1 in',
    'port-down-end 1',
  ]);
  assert.match(frames[5] ?? '', /^notice port 22: no/);
  assert.deepEqual(frames.slice(6), ['end']);
});

test('what waits keeps no more in memory than twice what it counts, whatever it came with', async () => {
  const running = run();
  const { client, recorded } = running;
  const one = await connect(running, 8080, '0');
  const pings = Array.from({ length: 100 }, () => client.session.ping(1));
  running.caller.write(Buffer.concat([client.session.write(one.data, Buffer.from('in'), true) ?? noBytes, ...pings]));
  await client.textOf(one.data);
  await leave(running);
  const kept = recorded.flatMap((frame) => (frame.channel === 'port-up' ? [frame.bytes.buffer.byteLength] : []));
  assert.deepEqual(kept, [2]);
});

test('a caller is written to while nobody takes what it sends, or it would not be seen to leave', async () => {
  const running = run();
  const { client } = running;
  const { data } = await connect(running, 8080, '0');
  running.upstreamConnection.pause();
  for (let count = 0; count < 160; count += 1) client.send(client.session.write(data, Buffer.alloc(32_768)));
  await client.find((event) => event.type === 'ping');
  running.abort.abort(new Fault('ERR_AGENT_LOCKED'));
  await running.over;
});

test('upstream hears a ping every few seconds of a port-forward that nobody uses', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const running = run();
  const frames = new WebSocketDecoder({ peer: 'client' });
  let pings = 0;
  const pinged = Promise.withResolvers<void>();
  running.upstreamConnection.on('data', (chunk: Buffer) => {
    pings += frames.push(chunk).filter(({ type }) => type === 'ping').length;
    if (pings === 2) pinged.resolve();
  });
  for (let times = 0; times < 2; times += 1) t.mock.timers.tick(PING_MS);
  await pinged.promise;
  await leave(running);
  assert.equal(endOf(running.records).end, 'complete');
});

test('what can not be recorded is not passed on', async () => {
  const running = run({ failsToRecord: 'port-up' });
  const { client, upstream } = running;
  const { data, error } = await connect(running, 8080, '0');
  client.send(client.session.write(data, Buffer.from('in'), true));
  assert.match(await client.textOf(error), /request 3f0c1d1e/);
  await running.over;
  assert.equal(upstream.events.filter((event) => event.type === 'data' && event.data.length > 0).length, 0);
  assert.equal(endOf(running.records).end, 'cut');
});

test('a port that upstream refuses to take is told so', async () => {
  const running = run({
    serve: (end, port, { data, error }) => {
      assert.equal(port, 8080);
      end.send(end.session.write(error, Buffer.from('connection refused'), true));
      end.send(end.session.write(data, noBytes, true));
    },
  });
  const { error } = await connect(running, 8080, '0');
  assert.equal(await running.client.textOf(error), 'connection refused');
  await leave(running);
});

test('what upstream says of a connection before it has replied to its streams is told', async () => {
  const running = run({
    repliesLate: true,
    serve: (end, _port, { data, error }) => {
      end.send(end.session.write(error, Buffer.from('connection refused'), true));
      end.send(end.session.write(data, noBytes, true));
    },
  });
  const { error } = await connect(running, 8080, '0');
  assert.equal(await running.client.textOf(error), 'connection refused');
  await leave(running);
  assert.equal(endOf(running.records).end, 'complete');
});

test('an upstream that takes no more connections keeps those it has', async () => {
  const running = run({
    serve: (end, _port, { data, error }) => {
      end.send(end.session.goaway(0));
      end.send(end.session.write(data, Buffer.from('last'), false));
      void end
        .find((event) => event.type === 'data' && event.stream === data && event.fin)
        .then(() => {
          end.send(end.session.write(data, noBytes, true));
          end.send(end.session.write(error, noBytes, true));
        });
    },
  });
  const { client } = running;
  const kept = await connect(running, 8080, '0');
  await client.find((event) => event.type === 'data' && event.stream === kept.data && event.data.length > 0);
  const late = await connect(running, 8080, '1');
  assert.match(await client.textOf(late.error), /8080.*request 3f0c1d1e/);
  client.send(client.session.write(kept.data, noBytes, true));
  assert.equal(await client.textOf(kept.data), 'last');
  await leave(running);
  assert.equal(endOf(running.records).end, 'complete');
});

test('an end that comes before the other stream of its connection is passed on', async () => {
  const running = run();
  const { client } = running;
  const streams: number[] = [];
  for (const type of ['data', 'error'] as const) {
    const { stream, bytes } = client.session.open(portStreamHeaders({ type, port: 8080, requestId: '0' }));
    streams.push(stream);
    client.send(bytes);
    await client.find((event) => event.type === 'accepted' && event.stream === stream);
    if (type === 'data') client.send(client.session.write(stream, noBytes, true));
  }
  const [data = 0] = streams;
  // What answers with what it heard can do so only once it has heard all of it.
  assert.equal(await client.textOf(data), '');
  await leave(running);
});

test('a connection whose data stream was opened with its end gets that too, whichever stream comes first', async () => {
  for (const order of [
    ['data', 'error'],
    ['error', 'data'],
  ] as const) {
    const running = run();
    const { client } = running;
    const streams: Record<string, number> = {};
    for (const type of order) {
      const headers = portStreamHeaders({ type, port: 8080, requestId: '0' });
      const { stream, bytes } = client.session.open(headers, type === 'data');
      streams[type] = stream;
      client.send(bytes);
      await client.find((event) => event.type === 'accepted' && event.stream === stream);
    }
    assert.equal(await client.textOf(streams.data ?? 0), '');
    await leave(running);
  }
});

test('the oldest protocol: a channel pair for each port of the query, closed when all are over', async () => {
  const running = run({
    protocol: channels,
    query: '?ports=8080,22',
    serve: (end, _port, { data, error }) => {
      void end
        .find((event) => event.type === 'data' && event.stream === data && event.data.length > 0)
        .then(() => {
          end.send(end.session.write(data, Buffer.from('answer'), true));
          end.send(end.session.write(error, noBytes, true));
        });
    },
  });
  const frames = new WebSocketDecoder({ peer: 'server' });
  const decoder = new PortChannelDecoder({ ports: [8080, 22], side: 'server' });
  const got: PortChannelData[] = [];
  let closed: number | undefined;
  running.caller.on('data', (chunk: Buffer) => {
    for (const event of frames.push(chunk)) {
      if (event.type === 'data')
        got.push(...decoder.push(event).map((one) => ({ ...one, data: Buffer.from(one.data) })));
      if (event.type === 'close') closed = event.code;
    }
  });
  running.caller.write(encodePortChannel({ index: 0, type: 'data' }, Buffer.from('question'), MASK));
  await once(running.caller, 'end');
  await running.over;
  const texts = got.map(({ index, type, data }) => [index, type, Buffer.from(data).toString()] as const);
  assert.deepEqual(
    texts.filter(([index]) => index === 0),
    [[0, 'data', 'answer']],
  );
  assert.match(texts.find(([index]) => index === 1)?.[2] ?? '', /no/);
  assert.equal(closed, 1000);
  assert.deepEqual(portsOf(running.records), [
    [8080, 'allow', 'port'],
    [22, 'deny', 'port'],
  ]);
  assert.equal(endOf(running.records).end, 'complete');
});
