// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { encodeFrame, type MessagePiece, opcodes } from '@countersign/kube';
import fc from 'fast-check';
import { FrameTurns } from './frame-turns.ts';
import { webSocketPieces } from './web-socket-pieces.ts';

const MASK = Uint8Array.of(1, 2, 3, 4);
const KIB = 1_024;

/** What is read of messages of these lengths, whose bytes come cut up as given. */
async function pieces(lengths: readonly number[], cutBytes: number): Promise<MessagePiece[]> {
  const connection = new PassThrough({ highWaterMark: 4 });
  const messages = lengths.map((length, at) => new Uint8Array(length).fill(at + 1));
  const bytes = Buffer.concat(messages.map((data) => encodeFrame(opcodes.binary, [data], MASK)));
  const sent = (async () => {
    for (let at = 0; at < bytes.length; at += cutBytes) {
      // A turn for each, so that none is read together with the next.
      await new Promise((resolve) => connection.write(bytes.subarray(at, at + cutBytes), resolve));
    }
    connection.end();
  })();
  const all = await Array.fromAsync(webSocketPieces(connection, 'client', () => undefined, new FrameTurns()));
  await sent;
  return all;
}

test('a message is one piece, however its bytes come', async () => {
  const got = await pieces([32 * KIB + 1, 1, 0, 64 * KIB], 16 * KIB);
  assert.deepEqual(
    got.map(({ data, first, last }) => [data.length, first, last]),
    [
      [32 * KIB + 1, true, true],
      [1, true, true],
      [0, true, true],
      [64 * KIB, true, true],
    ],
  );
});

test('of a long message no more is held than 64 KiB and what comes with it', async () => {
  const cutBytes = 16 * KIB;
  const got = await pieces([300 * KIB], cutBytes);
  assert.equal(
    got.reduce((sum, { data }) => sum + data.length, 0),
    300 * KIB,
  );
  assert.ok(got.every(({ data }) => data.length < 64 * KIB + cutBytes));
  assert.deepEqual(
    got.map(({ first, last }) => [first, last]),
    got.map((_, at) => [at === 0, at === got.length - 1]),
  );
});

test('of a message in crumbs no more is held than of one in one piece, what each crumb takes counted in', async () => {
  const connection = new PassThrough();
  const crumb = encodeFrame(opcodes.continuation, [Uint8Array.of(7)], MASK);
  crumb[0] = opcodes.continuation;
  const first = encodeFrame(opcodes.binary, [Uint8Array.of(7)], MASK);
  first[0] = opcodes.binary;
  connection.end(Buffer.concat([first, ...Array.from({ length: 2_000 }, () => crumb)]));
  const got: MessagePiece[] = [];
  const cut = async () => {
    for await (const piece of webSocketPieces(connection, 'client', () => undefined, new FrameTurns())) got.push(piece);
  };
  await assert.rejects(cut(), { code: 'ERR_KUBE_WEBSOCKET_CUT' }, 'the message goes on');
  assert.ok(got.every(({ data, first, last }, at) => data.length <= 257 && first === (at === 0) && !last));
  assert.ok(got.reduce((sum, { data }) => sum + data.length, 0) > 1_700, 'the rest is what waits for more');
});

test('no byte is lost, added or moved to another message', async () => {
  const lengths = fc.array(fc.oneof(fc.nat(300), fc.nat(200 * KIB)), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(lengths, fc.integer({ min: 500, max: 100 * KIB }), async (given, cutBytes) => {
      const found: number[] = [];
      for (const { data, first } of await pieces(given, cutBytes)) {
        if (first) found.push(0);
        assert.ok(data.every((byte) => byte === found.length));
        found.push((found.pop() ?? 0) + data.length);
      }
      assert.deepEqual(found, given);
    }),
    { numRuns: 25 },
  );
});
