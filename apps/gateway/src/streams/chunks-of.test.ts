// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { chunksOf } from './chunks-of.ts';

const CHUNK_BYTES = 16_384;
const chunk = (index: number) => Buffer.alloc(CHUNK_BYTES, index);

/** A connection that brings chunk after chunk for as long as it is read; gives how many it has brought. */
function endless() {
  let brought = 0;
  const connection = new Duplex({
    read() {
      // Later, as a socket does.
      setImmediate(() => this.push(chunk(++brought)));
    },
    write: (_chunk, _encoding, done) => done(),
  });
  return { connection, brought: () => brought };
}

async function turns(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await turn();
}

test('chunks that wait are not joined, and all are there before the end', async () => {
  const [ours, peer] = duplexPair();
  for (let index = 0; index < 8; index += 1) peer.write(chunk(index));
  peer.end();
  await turn();
  const got = await Array.fromAsync(chunksOf(ours));
  assert.deepEqual(
    got.map(({ length, 0: first }) => [length, first]),
    Array.from({ length: 8 }, (_, index) => [CHUNK_BYTES, index]),
  );
});

test('a connection of which nothing is taken is read no further than a little ahead', async () => {
  const { connection, brought } = endless();
  const chunks = chunksOf(connection);
  await chunks.next();
  await turns(50);
  const ahead = brought();
  // Two here, and what the stream itself buffers.
  assert.ok(ahead <= 3 + connection.readableHighWaterMark / CHUNK_BYTES + 1, `${ahead} chunks`);
  await turns(50);
  assert.equal(brought(), ahead);
  for (let index = 0; index < 20; index += 1) assert.equal((await chunks.next()).value?.[0], index + 2);
  connection.destroy();
});

test('what a connection fails with is thrown, also where it only breaks off', async () => {
  for (const [reason, code] of [
    [Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'ECONNRESET'],
    [undefined, 'ERR_STREAM_PREMATURE_CLOSE'],
  ] as const) {
    const { connection } = endless();
    const read = Array.fromAsync(chunksOf(connection));
    connection.destroy(reason);
    await assert.rejects(read, { code });
  }
});

test('leaving the loop leaves the connection open, and read no further', async () => {
  const { connection, brought } = endless();
  for await (const one of chunksOf(connection)) {
    assert.equal(one.length, CHUNK_BYTES);
    break;
  }
  await turns(50);
  const left = brought();
  await turns(50);
  assert.deepEqual([connection.destroyed, brought()], [false, left]);
  connection.destroy();
});

test('whoever has ended a connection sees it end, though nothing is taken of it', async () => {
  const [ours, peer] = duplexPair();
  const chunks = chunksOf(ours);
  peer.write(chunk(0));
  await chunks.next();
  ours.end();
  ours.resume();
  for (let index = 0; index < 20; index += 1) peer.write(chunk(index));
  peer.end();
  await once(ours, 'end');
  assert.equal((await chunks.next()).done, true);
});
