// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { headFaults } from './head-faults.ts';
import { createHttp1Server } from './http1.ts';
import type { Incoming } from './incoming.ts';
import type { OnUnreadable } from './unreadable-answer.ts';

/** The answer of a listener whose gateway has little to say. */
const answerPlainly: OnUnreadable = (code) => ({
  status: headFaults[code].status,
  headers: [['content-length', '0']],
  body: new Uint8Array(),
});

/** One request over a plain socket, as the TLS server hands one on. */
async function oneRequest(
  head = 'GET /clusters/a/version HTTP/1.1\r\nhost: gateway\r\n\r\n',
): Promise<{ readonly incoming: Incoming; readonly socket: Socket; readonly leave: () => void }> {
  const { promise, resolve } = Promise.withResolvers<Incoming>();
  const http1 = createHttp1Server(
    { maxHeaderBytes: 65_536, headersTimeoutMs: 10_000, maxPipelined: 10 },
    resolve,
    answerPlainly,
  );
  const server = createServer((socket) => http1.emit('connection', socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(head);
  const incoming = await promise;
  const leave = () => {
    socket.destroy();
    server.close();
    http1.close();
  };
  return { incoming, socket, leave };
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

test('an answer that is cut may say why before, and has no end all the same', async () => {
  const { incoming, socket, leave } = await oneRequest();
  let got = '';
  socket.on('data', (chunk) => {
    got += chunk;
  });
  incoming.reply.begin(200, [['content-type', 'text/plain']]);
  incoming.reply.flush();
  await once(socket, 'data');
  incoming.reply.cut(Buffer.from('and why'));
  await once(socket, 'close');
  assert.ok(got.endsWith('\r\n7\r\nand why\r\n'), got);
  leave();
});

const upgrade = 'GET /clusters/a/x HTTP/1.1\r\nhost: gateway\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n';

test('a connection that is switched carries what came behind the request, and what is written to it', async () => {
  const { incoming, socket, leave } = await oneRequest(`${upgrade}early`);
  const connection = incoming.switchTo?.([['upgrade', 'websocket']]);
  assert.ok(connection);
  assert.equal(incoming.reply.begun, true);
  const [early] = await once(connection, 'data');
  connection.write('down');
  let got = '';
  socket.on('data', (chunk) => {
    got += chunk;
  });
  await once(socket, 'data');
  while (!got.endsWith('down')) await once(socket, 'data');
  assert.deepEqual(
    [String(early), got],
    ['early', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\ndown'],
  );
  const gone = once(incoming.gone, 'abort');
  incoming.reply.cut();
  await Promise.all([gone, once(socket, 'close')]);
  leave();
});

test('an upgrade that is refused is an answer like any other, and the end of its connection', async () => {
  const { incoming, socket, leave } = await oneRequest(`${upgrade}GET /clusters/a/y HTTP/1.1\r\nhost: gateway\r\n\r\n`);
  const closed = once(socket, 'close');
  let got = '';
  socket.on('data', (chunk) => {
    got += chunk;
  });
  incoming.reply.begin(403, [['content-length', '0']]);
  await incoming.reply.end();
  await closed;
  assert.match(got, /^HTTP\/1\.1 403 /);
  assert.equal(got.match(/HTTP\/1\.1/g)?.length, 1);
  leave();
});

for (const [what, behind] of [
  ['an upgrade', upgrade],
  ['an upgrade whose body is not whole', upgrade.replace('\r\n\r\n', '\r\ncontent-length: 5\r\n\r\nhel')],
  ['CONNECT', 'CONNECT other:443 HTTP/1.1\r\nhost: gateway\r\n\r\n'],
] as const) {
  test(`a connection that owes an answer is closed when ${what} comes behind`, async () => {
    const plain = 'GET /clusters/a/version HTTP/1.1\r\nhost: gateway\r\n\r\n';
    const { incoming, socket, leave } = await oneRequest(`${plain}${behind}`);
    if (!socket.closed) await once(socket, 'close');
    if (!incoming.gone.aborted) await once(incoming.gone, 'abort');
    leave();
  });
}

test('only a request for an upgrade can be switched', async () => {
  const { incoming, leave } = await oneRequest();
  assert.equal(incoming.switchTo, undefined);
  leave();
});

test('a head that is too large is answered, also while the rest of it is still on its way', async () => {
  const { incoming, socket, leave } = await oneRequest();
  incoming.reply.begin(200, [['content-length', '0']]);
  await incoming.reply.end();
  let got = '';
  socket.on('data', (chunk) => {
    got += chunk;
  });
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(`GET /clusters/a/version HTTP/1.1\r\nhost: gateway\r\nx: ${'x'.repeat(1_000_000)}`);
  await closed;
  assert.match(got, /HTTP\/1\.1 431 /);
  leave();
});
