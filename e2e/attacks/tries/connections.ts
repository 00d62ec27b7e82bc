// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { encodeFrame, encodeHeaders, FLAG, FRAME, PREFACE } from '../../fixtures/http2-frames.ts';
import { RawConnection } from '../../fixtures/raw-connection.ts';
import { eventually } from '../../installation/eventually.ts';
import { causeOf, type Field } from '../field.ts';
import { PATIENCE_MS } from '../start-field.ts';
import { type Try, triesOf } from '../try.ts';

const PATH = '/clusters/lab/api/v1/namespaces/demo/configmaps';
/** How much later than it says a busy gateway may close what is silent. */
const LATE_MS = 4_000;
const SETTINGS = encodeFrame(FRAME.settings, 0, 0, Buffer.alloc(0));

async function assertServes(field: Field): Promise<void> {
  const { status } = await field.bot.call('GET', '/api/v1/namespaces/demo/configmaps');
  assert.equal(status, 200);
}

async function openHttp2(field: Field): Promise<RawConnection> {
  const connection = await RawConnection.tls(await field.address(), 'h2');
  connection.write(Buffer.concat([PREFACE, SETTINGS]));
  return connection;
}

/** Bytes that are sent, and then no more. */
const silences: Readonly<Record<string, (field: Field) => Promise<RawConnection>>> = {
  'TCP alone': async (field) => RawConnection.tcp((await field.address()).port),
  'half of a TLS record': async (field) => {
    const connection = await RawConnection.tcp((await field.address()).port);
    connection.write('\x16\x03\x01\x02');
    return connection;
  },
  'TLS alone': async (field) => RawConnection.tls(await field.address(), 'http/1.1'),
  'half of a head': async (field) => {
    const connection = await RawConnection.tls(await field.address(), 'http/1.1');
    connection.write(`GET ${PATH} HTTP/1.1\r\nHost: gate`);
    return connection;
  },
  'HTTP/2 without a preface': async (field) => RawConnection.tls(await field.address(), 'h2'),
  'HTTP/2 without a request': openHttp2,
};

const silent = triesOf(34, {
  'silence: behind TCP, TLS, half of a record, half of a head, and HTTP/2': async (field) => {
    const took = Object.entries(silences).map(async ([what, open]) => {
      const connection = await open(field);
      const tookMs = await connection.closed(PATIENCE_MS + LATE_MS);
      assert.ok(tookMs < PATIENCE_MS + LATE_MS, `${what}: ${tookMs} ms`);
    });
    await Promise.all(took);
  },
});

async function requestFields(field: Field): Promise<[string, string][]> {
  return [
    [':method', 'GET'],
    [':scheme', 'https'],
    [':path', PATH],
    [':authority', 'gateway'],
    ['authorization', `Bearer ${await field.site.token('bot')}`],
  ];
}

const head = (stream: number, fields: readonly (readonly [string, string])[], flags: number) =>
  encodeFrame(FRAME.headers, flags, stream, encodeHeaders(fields));

async function bearer(field: Field): Promise<string> {
  return `Authorization: Bearer ${await field.site.token('bot')}\r\n`;
}

const slow = triesOf(34, {
  'a head that comes drop by drop': async (field) => {
    const connection = await RawConnection.tls(await field.address(), 'http/1.1');
    connection.write(`GET ${PATH} HTTP/1.1\r\nHost: gateway\r\nX-A: `);
    const drops = setInterval(() => connection.write('x'), 50);
    try {
      const { status, body } = await connection.answer();
      assert.equal(status, 408);
      assert.match(JSON.parse(body).message, /head did not arrive in time/);
      await connection.closed();
    } finally {
      clearInterval(drops);
      connection.destroy();
    }
  },
  'a body that stops': async (field) => {
    const connection = await RawConnection.tls(await field.address(), 'http/1.1');
    const type = 'Content-Type: application/json\r\nContent-Length: 100\r\n';
    connection.write(`POST ${PATH} HTTP/1.1\r\nHost: gateway\r\n${await bearer(field)}${type}\r\n{"metadata":`);
    const { status, body } = await connection.answer();
    assert.deepEqual([status, causeOf(JSON.parse(body))], [408, 'ERR_BODY_TIMEOUT']);
    await connection.closed();
  },
  'silent connections on all places': async (field) => {
    const { port } = await field.address();
    const opened = await Promise.all(Array.from({ length: 150 }, () => RawConnection.tcp(port)));
    await Promise.all(opened.map((connection) => connection.closed()));
    await assertServes(field);
  },
  'requests without end whose answers are not read': async (field) => {
    const connection = await RawConnection.tls(await field.address(), 'http/1.1');
    connection.write(`GET ${PATH} HTTP/1.1\r\nHost: gateway\r\n${await bearer(field)}\r\n`.repeat(2_000));
    await connection.closed();
    await assertServes(field);
  },
  'a body that stops, and one that says it is over 3 MiB, over HTTP/2': async (field) => {
    const fields = (await requestFields(field)).map(([name, value]): [string, string] =>
      name === ':method' ? [name, 'POST'] : [name, value],
    );
    for (const [length, cause] of [
      ['100', 'ERR_BODY_TIMEOUT'],
      ['3145729', 'ERR_BODY_TOO_LARGE'],
    ] as const) {
      const connection = await openHttp2(field);
      const whole = [...fields, ['content-type', 'application/json'], ['content-length', length]] as const;
      connection.write(head(1, whole, FLAG.endHeaders));
      connection.write(encodeFrame(FRAME.data, 0, 1, Buffer.from('{')));
      await eventually(cause, () => connection.received.includes(cause));
      connection.destroy();
    }
  },
  'control: a body on demand is asked for once it is known who sends it': async (field) => {
    const connection = await RawConnection.tls(await field.address(), 'http/1.1');
    const body = '{"metadata":{"name":"on-demand"}}';
    const type = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n`;
    connection.write(`POST ${PATH}?dryRun=All HTTP/1.1\r\nHost: gateway\r\n${await bearer(field)}${type}\r\n`);
    await eventually('100 Continue', () => connection.received.includes('HTTP/1.1 100 Continue'));
    connection.write(body);
    assert.equal((await connection.answer()).status, 201);
    connection.destroy();
  },
  'a body on demand, of somebody unknown': async (field) => {
    const connection = await RawConnection.tls(await field.address(), 'http/1.1');
    connection.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`);
    assert.equal((await connection.answer()).status, 401);
    await connection.closed();
    assert.doesNotMatch(connection.received.toString(), /100 Continue/);
  },
});

const amid = triesOf(23, {
  'garbage behind a request whose answer is under way': async (field) => {
    const connection = await RawConnection.tls(await field.address(), 'http/1.1');
    connection.write(`GET ${PATH}?watch=true HTTP/1.1\r\nHost: gateway\r\n${await bearer(field)}\r\n`);
    await eventually('the watch has begun', () => connection.received.includes('"ADDED"'));
    connection.write('\x00garbage\r\n\r\n');
    await connection.closed();
    assert.doesNotMatch(connection.received.toString(), /400 Bad Request/);
  },
});

/** What a peer of HTTP/2 sends that breaks its rules, or wears the other out; the session must end. */
const floods: Readonly<Record<string, (fields: readonly (readonly [string, string])[]) => readonly Buffer[]>> = {
  'bytes that are no frames': () => [Buffer.alloc(1_000, 0xff)],
  'a frame past the limit': () => [encodeFrame(FRAME.data, 0, 1, Buffer.alloc(20_000))],
  'requests that are reset at once (CVE-2023-44487)': (fields) =>
    Array.from({ length: 5_000 }, (_none, index) =>
      Buffer.concat([
        head(2 * index + 1, fields, FLAG.endStream | FLAG.endHeaders),
        encodeFrame(FRAME.resetStream, 0, 2 * index + 1, Buffer.from([0, 0, 0, 8])),
      ]),
    ),
  'a head without end (CVE-2024-27316)': (fields) => [
    head(1, fields, FLAG.endStream),
    ...Array.from({ length: 1_000 }, () =>
      encodeFrame(FRAME.continuation, 0, 1, encodeHeaders([['x-a', 'x'.repeat(10_000)]])),
    ),
  ],
  'pings whose answers are not read': () => [
    // More answers than the buffers of both sockets hold.
    Buffer.alloc(32 * 1024 * 1024, encodeFrame(FRAME.ping, 0, 0, Buffer.alloc(8))),
  ],
};

const flooding = triesOf(
  23,
  Object.fromEntries(
    Object.entries(floods).map(([what, frames]): [string, Try['run']] => [
      `${what}, over HTTP/2`,
      async (field) => {
        const connection = await openHttp2(field);
        if (what.startsWith('pings')) connection.pause();
        for (const frame of frames(await requestFields(field))) connection.write(frame);
        await connection.closed();
        await assertServes(field);
      },
    ]),
  ),
);

const sizes = triesOf(34, {
  'more headers than a request has, over HTTP/2': async (field) => {
    const connection = await openHttp2(field);
    const fields = await requestFields(field);
    const many = Array.from({ length: 200 }, (_none, index): [string, string] => [`x-${index}`, 'a']);
    connection.write(head(1, [...fields, ...many], FLAG.endStream | FLAG.endHeaders));
    await eventually('the stream is reset', () =>
      connection.received.includes(Buffer.from([0, 0, 4, 3, 0, 0, 0, 0, 1])),
    );
    assert.equal(connection.isClosed, false, 'the session goes on');
    connection.destroy();
    await assertServes(field);
  },
  'a manifest of 16 MB, which kubectl would go on sending': async (field) => {
    const data = { x: 'x'.repeat(16_000_000) };
    const manifest = await field.site.file('big.json', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'big' },
      data,
    });
    const { code, stderr } = await field.bot.kubectl('create', '--validate=false', '-f', manifest);
    assert.equal(code, 1);
    assert.match(stderr, /larger than 3145728 bytes/);
  },
  'heads that grow on their way to the connector': async (field) => {
    const watch = await field.bot.open('GET', '/api/v1/namespaces/demo/configmaps?watch=true');
    const before = await tunnelRecords(field);
    for (const value of [':'.repeat(40_000), '['.repeat(55_000), ':'.repeat(21_000)]) {
      const target = `/api/v1/namespaces/demo/configmaps?fieldManager=${value}`;
      const answer = await field.bot.call('POST', target, { body: { metadata: { name: 'grown' } } });
      assert.ok(answer.status >= 400 && answer.status < 500, answer.text);
    }
    const accept = Array.from({ length: 2_500 }, (_, index) => `*/*;as=a${index}`).join(',');
    const long = await field.bot.call('GET', '/api/v1/namespaces/demo/secrets', { headers: { accept } });
    assert.equal(long.status, 400, long.text);
    await assertServes(field);
    assert.deepEqual(await tunnelRecords(field), before, 'the tunnel stands');
    watch.close();
  },
});

async function tunnelRecords({ site }: Field): Promise<string[]> {
  const types = (await site.records()).map(({ record }) => record.type);
  return types.filter((type) => type === 'connector.connected' || type === 'connector.disconnected');
}

export const connectionTries: readonly Try[] = [...silent, ...slow, ...amid, ...flooding, ...sizes];
