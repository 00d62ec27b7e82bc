// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2, constants } from 'node:http2';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { serveHttp2 } from './http2.ts';
import { CallerGone, type Incoming } from './incoming.ts';

/** An answer of which the caller has read the beginning; `ended` says how it ended for the caller, and what it read. */
async function begunAnswer(t: TestContext) {
  const { promise, resolve } = Promise.withResolvers<Incoming>();
  const limits = { maxHeaderBytes: 65_536, maxStreams: 10 };
  const server = createServer((socket) =>
    serveHttp2(socket, limits, resolve, () => assert.fail('the head is fine')),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => {
    client.destroy();
    server.close();
  });
  const answer = client.request({ ':path': '/clusters/a/version' });
  let read = '';
  answer.on('data', (chunk) => {
    read += chunk;
  });
  let problem: string | undefined;
  answer.on('error', (error: NodeJS.ErrnoException) => {
    problem = error.code;
  });
  const { reply, gone } = await promise;
  reply.begin(200, [['content-type', 'text/plain']]);
  await reply.write(Buffer.from('the beginning'));
  await once(answer, 'data');
  const left = once(gone, 'abort');
  const closed = new Promise<void>((done) => answer.once('close', done));
  const ended = Promise.all([left, closed]).then(() => ({ problem, code: answer.rstCode, read }));
  return { reply, ended };
}

const reset = { problem: 'ERR_HTTP2_STREAM_ERROR', code: constants.NGHTTP2_INTERNAL_ERROR };

test('an answer that is cut is reset, and never looks whole', async (t) => {
  const { reply, ended } = await begunAnswer(t);
  reply.cut();
  assert.deepEqual(await ended, { ...reset, read: 'the beginning' });
});

test('an answer that is cut may say why before, and is reset all the same', async (t) => {
  const { reply, ended } = await begunAnswer(t);
  reply.cut(Buffer.from(', and why'));
  assert.deepEqual(await ended, { ...reset, read: 'the beginning, and why' });
});

test('to who reads nothing a cut says nothing', async (t) => {
  const { reply, ended } = await begunAnswer(t);
  const writing = assert.rejects(async () => {
    for (;;) await reply.write(Buffer.alloc(65_536));
  }, CallerGone);
  reply.cut(Buffer.from(', and why'));
  const { read, ...end } = await ended;
  assert.deepEqual(end, reset);
  assert.doesNotMatch(read, /why/);
  await writing;
});
