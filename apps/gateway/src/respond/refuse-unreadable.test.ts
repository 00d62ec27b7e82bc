// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { createHttp1Server } from '../data/http1.ts';
import { serveHttp2 } from '../data/http2.ts';
import type { Log } from '../log/log.ts';
import { RefusalCounter } from './refusal-counter.ts';
import { refuseUnreadable } from './refuse-unreadable.ts';

const REQUEST_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const noRequest = () => assert.fail('there is no request here');

function counted() {
  const records: LogRecord[] = [];
  const log = { append: async (more: readonly LogRecord[]) => records.push(...more) } as unknown as Log;
  const refusals = new RefusalCounter(log, () => new Date(), assert.ifError);
  return { records, refusals, onUnreadable: refuseUnreadable(refusals) };
}

async function listen(t: TestContext, serve: (socket: Socket) => void): Promise<number> {
  const server = createServer(serve).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function assertRefused(id: string, body: string, code: string): void {
  assert.match(id, REQUEST_ID);
  const { kind, message, details } = JSON.parse(body);
  assert.equal(kind, 'Status');
  assert.ok(message.endsWith(`(request ${id})`), message);
  assert.deepEqual([details.uid, details.causes[0].reason], [id, code]);
}

/** What is whole is never late. */
const LONG_MS = 60_000;

const NO_REQUESTS = [
  ['ERR_HEAD_MALFORMED', 400, 'this is not HTTP\r\n\r\n', LONG_MS],
  ['ERR_HEAD_TOO_LARGE', 431, `GET / HTTP/1.1\r\nx: ${'x'.repeat(5_000)}\r\n\r\n`, LONG_MS],
  ['ERR_HEAD_TIMEOUT', 408, 'GET / HTTP/1.1\r\nhost: ', 200],
] as const;

for (const [code, status, bytes, headersTimeoutMs] of NO_REQUESTS) {
  test(`${code} is answered with a request id, and counted by its source`, async (t) => {
    const { records, refusals, onUnreadable } = counted();
    const limits = { maxHeaderBytes: 4_096, headersTimeoutMs, maxPipelined: 1 };
    const http1 = createHttp1Server(limits, noRequest, onUnreadable);
    t.after(() => http1.close());
    const socket = connect(await listen(t, (accepted) => http1.emit('connection', accepted)), '127.0.0.1');
    socket.write(bytes);
    const answer = await text(socket);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    assert.ok(head.startsWith(`HTTP/1.1 ${status} `), head);
    assert.match(head, /^connection: close$/m);
    assertRefused(/^audit-id: (.*)$/m.exec(head)?.[1] ?? '', body, code);
    await refusals.flush();
    const [record] = records;
    assert.ok(record?.type === 'refusals');
    const { type, listener, fault, count, sealed } = record;
    assert.deepEqual([type, listener, fault, count], ['refusals', 'data', code, 1]);
    assert.equal(sealed?.source?.address, '127.0.0.1');
  });
}

test('so is a head of HTTP/2 that is too large', async (t) => {
  const { records, refusals, onUnreadable } = counted();
  const limits = { maxHeaderBytes: 4_096, maxStreams: 10 };
  const port = await listen(t, (accepted) => serveHttp2(accepted, limits, noRequest, onUnreadable));
  const client = connectHttp2(`http://127.0.0.1:${port}`);
  t.after(() => client.destroy());
  const stream = client.request({ ':path': '/', x: 'x'.repeat(5_000) });
  const [headers] = await once(stream, 'response');
  assert.equal(headers[':status'], 431);
  assertRefused(headers['audit-id'], await text(stream), 'ERR_HEAD_TOO_LARGE');
  await refusals.flush();
  assert.equal(records.length, 1);
});
