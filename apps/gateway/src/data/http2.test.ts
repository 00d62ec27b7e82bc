// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2, constants } from 'node:http2';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { serveHttp2 } from './http2.ts';
import type { Incoming } from './incoming.ts';

test('an answer that is cut is reset, and never looks whole', async (t) => {
  const { promise, resolve } = Promise.withResolvers<Incoming>();
  const limits = { maxHeaderBytes: 65_536, maxStreams: 10 };
  const server = createServer((socket) => serveHttp2(socket, limits, resolve)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => {
    client.destroy();
    server.close();
  });
  const answer = client.request({ ':path': '/clusters/a/version' });
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
  reply.cut();
  await Promise.all([left, closed]);
  assert.deepEqual([problem, answer.rstCode], ['ERR_HTTP2_STREAM_ERROR', constants.NGHTTP2_INTERNAL_ERROR]);
});
