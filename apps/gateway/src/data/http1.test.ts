// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { createHttp1Server } from './http1.ts';
import type { Incoming } from './incoming.ts';

/** One request over a plain socket, as the TLS server hands one on. */
async function oneRequest(): Promise<{ readonly incoming: Incoming; readonly leave: () => void }> {
  const { promise, resolve } = Promise.withResolvers<Incoming>();
  const http1 = createHttp1Server({ maxHeaderBytes: 65_536, headersTimeoutMs: 10_000, maxPipelined: 10 }, resolve);
  const server = createServer((socket) => http1.emit('connection', socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET /clusters/a/version HTTP/1.1\r\nhost: gateway\r\n\r\n');
  const incoming = await promise;
  const leave = () => {
    socket.destroy();
    server.close();
    http1.close();
  };
  return { incoming, leave };
}

for (const answer of ['long', 'empty'] as const) {
  test(`the end of an answer (${answer}) is not waited for when the caller has gone`, async () => {
    const { incoming, leave } = await oneRequest();
    const { gone, reply } = incoming;
    if (answer === 'long') {
      reply.begin(200, [['content-type', 'text/plain']]);
      await reply.write(Buffer.from('the beginning'));
    }
    leave();
    if (!gone.aborted) await once(gone, 'abort');
    if (answer === 'empty') reply.begin(200, [['content-length', '0']]);
    const outcome = await Promise.race([
      reply.end().then(() => 'over'),
      new Promise((resolve) => setTimeout(resolve, 5_000, 'still waiting').unref()),
    ]);
    assert.equal(outcome, 'over');
  });
}
