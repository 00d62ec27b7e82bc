// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KubeError } from '../error.ts';
import { fromHex, joined, split, utf8 } from '../fixtures/bytes.ts';
import { type MessagePiece, WebSocketDecoder, type WebSocketEvent } from './decoder.ts';
import { encodeClose, encodeFrame, frameAround } from './encode-frame.ts';
import { maxControlBytes, type Opcode, opcodes } from './frame-head.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function decode(peer: 'client' | 'server', chunks: readonly Uint8Array[]): WebSocketEvent[] {
  const decoder = new WebSocketDecoder({ peer });
  const events = chunks.flatMap((chunk) => decoder.push(chunk));
  decoder.end();
  return events;
}

/** Events with the pieces of each message put together again. */
function whole(events: readonly WebSocketEvent[]): unknown[] {
  const told: unknown[] = [];
  let pieces: MessagePiece[] = [];
  for (const event of events) {
    if (event.type !== 'data') {
      told.push(event.type === 'close' ? event : { type: event.type, data: [...event.data] });
      continue;
    }
    assert.equal(event.first, pieces.length === 0);
    pieces.push(event);
    if (!event.last) continue;
    told.push({ type: event.kind, data: [...joined(pieces.map(({ data }) => data))] });
    pieces = [];
  }
  assert.deepEqual(pieces, []);
  return told;
}

const rfcExamples: readonly [name: string, peer: 'client' | 'server', hex: string, told: unknown][] = [
  ['a text message', 'server', '810548656c6c6f', { type: 'text', data: [...utf8('Hello')] }],
  ['a masked text message', 'client', '818537fa213d7f9f4d5158', { type: 'text', data: [...utf8('Hello')] }],
  ['a fragmented text message', 'server', '010348656c 80026c6f', { type: 'text', data: [...utf8('Hello')] }],
  ['a ping', 'server', '890548656c6c6f', { type: 'ping', data: [...utf8('Hello')] }],
  ['a masked pong', 'client', '8a8537fa213d7f9f4d5158', { type: 'pong', data: [...utf8('Hello')] }],
  ['256 bytes', 'server', `827e0100${'00'.repeat(256)}`, { type: 'binary', data: Array(256).fill(0) }],
  ['64 KiB', 'server', `827f0000000000010000${'00'.repeat(65_536)}`, { type: 'binary', data: Array(65_536).fill(0) }],
];

for (const [name, peer, hex, told] of rfcExamples) {
  test(`RFC 6455 §5.7: ${name}`, () => {
    assert.deepEqual(whole(decode(peer, [fromHex(hex)])), [told]);
  });
}

test('frames are written as RFC 6455 §5.7 shows them', () => {
  const mask = fromHex('37fa213d');
  assert.deepEqual(encodeFrame(opcodes.text, [utf8('Hello')]), fromHex('810548656c6c6f'));
  assert.deepEqual(encodeFrame(opcodes.text, [utf8('Hel'), utf8('lo')], mask), fromHex('818537fa213d7f9f4d5158'));
  assert.deepEqual(encodeFrame(opcodes.binary, [new Uint8Array(256)]).subarray(0, 4), fromHex('827e0100'));
  assert.deepEqual(
    encodeFrame(opcodes.binary, [new Uint8Array(65_536)]).subarray(0, 10),
    fromHex('827f0000000000010000'),
  );
});

test('a frame around bytes is the frame that a copy of them gives', () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 3 }),
    fc.integer({ min: 120, max: 66_000 }).map((length) => new Uint8Array(length).fill(9)),
  );
  const mask = fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3 }), part, mask, (first, rest, key) => {
      const copied = encodeFrame(opcodes.binary, [first, rest], key);
      const [before, same] = frameAround(opcodes.binary, first, rest, key);
      assert.equal(same, rest);
      assert.deepEqual(joined([before, same]), copied);
    }),
  );
});

const refused: readonly (readonly [name: string, peer: 'client' | 'server', hex: string, code: string])[] = [
  ['RSV1', 'server', 'c100', 'ERR_KUBE_WEBSOCKET'],
  ['RSV2', 'server', 'a100', 'ERR_KUBE_WEBSOCKET'],
  ['RSV3', 'server', '9100', 'ERR_KUBE_WEBSOCKET'],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
    (opcode) => [`opcode ${opcode}`, 'server', `8${opcode.toString(16)}00`, 'ERR_KUBE_WEBSOCKET'] as const,
  ),
  ["an unmasked client's frame", 'client', '810548656c6c6f', 'ERR_KUBE_WEBSOCKET'],
  ["a masked server's frame", 'server', '818537fa213d7f9f4d5158', 'ERR_KUBE_WEBSOCKET'],
  ['a fragmented ping', 'server', '0900', 'ERR_KUBE_WEBSOCKET'],
  ['a ping of 126 bytes', 'server', '897e', 'ERR_KUBE_WEBSOCKET'],
  ['a continuation of nothing', 'server', '8000', 'ERR_KUBE_WEBSOCKET'],
  ['a message inside another', 'server', '01006100 8100', 'ERR_KUBE_WEBSOCKET'],
  ['125 written in two bytes', 'server', '827e007d', 'ERR_KUBE_WEBSOCKET'],
  ['65,535 written in eight bytes', 'server', '827f000000000000ffff', 'ERR_KUBE_WEBSOCKET'],
  ['a length with its first bit set', 'server', '827f8000000000000000', 'ERR_KUBE_WEBSOCKET'],
  ['a length of 2^53', 'server', '827f0020000000000000', 'ERR_KUBE_WEBSOCKET_TOO_LARGE'],
  ['a frame of 16 MiB and a byte', 'server', '827f0000000001000001', 'ERR_KUBE_WEBSOCKET_TOO_LARGE'],
  ['a close of one byte', 'server', '880103', 'ERR_KUBE_WEBSOCKET'],
  ...[999, 1004, 1005, 1006, 1015, 1016, 2999, 5000].map((code) => {
    return [`close code ${code}`, 'server', `8802${code.toString(16).padStart(4, '0')}`, 'ERR_KUBE_WEBSOCKET'] as const;
  }),
  ['a close whose reason is not UTF-8', 'server', '880303e8ff', 'ERR_KUBE_WEBSOCKET_UTF8'],
  ['text that is not UTF-8', 'server', '8101ff', 'ERR_KUBE_WEBSOCKET_UTF8'],
  ['text that ends inside a character', 'server', '8102e282', 'ERR_KUBE_WEBSOCKET_UTF8'],
  ['a surrogate', 'server', '8103eda080', 'ERR_KUBE_WEBSOCKET_UTF8'],
];

for (const [name, peer, hex, code] of refused) {
  test(`${name} is refused with ${code}, whole and byte by byte`, () => {
    const bytes = fromHex(hex);
    for (const chunks of [[bytes], split(bytes, Array(bytes.length).fill(1))]) {
      assert.throws(() => decode(peer, chunks), { code });
    }
  });
}

test('a bad head is refused before the bytes that it announces', () => {
  assert.throws(() => new WebSocketDecoder({ peer: 'client' }).push(fromHex('827f')), { code: 'ERR_KUBE_WEBSOCKET' });
  const small = new WebSocketDecoder({ peer: 'server', maxFrameBytes: 300 });
  assert.throws(() => small.push(fromHex('827e012d')), { code: 'ERR_KUBE_WEBSOCKET_TOO_LARGE' });
});

test('a character may be split over frames', () => {
  const events = decode('server', [fromHex('0102e282'), fromHex('8001ac')]);
  assert.deepEqual(whole(events), [{ type: 'text', data: [...utf8('€')] }]);
});

test('a piece is handed over as soon as it comes', () => {
  const decoder = new WebSocketDecoder({ peer: 'server' });
  assert.deepEqual(decoder.push(fromHex('8203')), []);
  const [first] = decoder.push(fromHex('61'));
  assert.deepEqual(first, { type: 'data', kind: 'binary', data: fromHex('61'), first: true, last: false });
  const [ping] = new WebSocketDecoder({ peer: 'server' }).push(fromHex('8900'));
  assert.equal(ping?.type, 'ping');
});

test('nothing counts after a close', () => {
  const decoder = new WebSocketDecoder({ peer: 'server' });
  const [event, ...rest] = decoder.push(joined([encodeClose(1000, 'done'), fromHex('ffff')]));
  assert.deepEqual(event, { type: 'close', code: 1000, reason: 'done' });
  assert.deepEqual([rest, decoder.push(fromHex('ffff')), decoder.isClosed], [[], [], true]);
  decoder.end();
  assert.deepEqual(decode('server', [fromHex('8800')]), [{ type: 'close', code: undefined, reason: '' }]);
});

for (const hex of ['81', '8105', '810548', '010161', '0100 8900']) {
  test(`bytes that end after ${hex} are cut`, () => {
    assert.throws(() => decode('server', [fromHex(hex)]), { code: 'ERR_KUBE_WEBSOCKET_CUT' });
  });
}

test('a long reason is cut between two characters', () => {
  const [event] = decode('server', [encodeClose(1008, '€'.repeat(50))]);
  assert.deepEqual(event, { type: 'close', code: 1008, reason: '€'.repeat(41) });
});

interface Sent {
  readonly kind: 'text' | 'binary';
  readonly data: Uint8Array;
  readonly cuts: readonly number[];
  /** A ping between each two fragments. */
  readonly pings: boolean;
}

/** A message as frames, told by hand: the encoder writes each message as one. */
function frames({ kind, data, cuts, pings }: Sent, mask: Uint8Array | undefined): Uint8Array[] {
  const parts = data.length === 0 ? [data] : split(data, cuts);
  return parts.flatMap((part, index) => {
    const frame = encodeFrame(index === 0 ? opcodes[kind] : opcodes.continuation, [part], mask);
    if (index < parts.length - 1) frame[0] = (frame[0] as number) & 0x7f;
    return pings && index > 0 ? [encodeFrame(opcodes.ping, [Uint8Array.of(index & 0xff)], mask), frame] : [frame];
  });
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 });
const message: fc.Arbitrary<Sent> = fc.record({
  kind: fc.constantFrom('text', 'binary'),
  data: fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ minLength: 120, maxLength: 140 })).map(utf8),
  cuts: sizes,
  pings: fc.boolean(),
});
const masks = fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined });

test('however messages are fragmented and bytes are cut, the messages are the same', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), masks, sizes, (messages, mask, cuts) => {
      const bytes = joined(messages.flatMap((each) => frames(each, mask)));
      const told = whole(decode(mask === undefined ? 'server' : 'client', split(bytes, cuts)));
      const pings = told.filter((event) => (event as { type: string }).type === 'ping');
      const data = told.filter((event) => (event as { type: string }).type !== 'ping');
      assert.deepEqual(
        data,
        messages.map((each) => ({ type: each.kind, data: [...each.data] })),
      );
      const expected = messages
        .filter((each) => each.pings)
        .map((each) => Math.max(0, split(each.data, each.cuts).length - 1));
      assert.equal(
        pings.length,
        expected.reduce((sum, count) => sum + count, 0),
      );
    }),
  );
});

test("chunks that are the decoder's give the same messages, and others are left as they are", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), masks, sizes, (messages, mask, cuts) => {
      const bytes = joined(messages.flatMap((each) => frames(each, mask)));
      const peer = mask === undefined ? 'server' : 'client';
      const before = Uint8Array.from(bytes);
      const told = whole(decode(peer, split(bytes, cuts)));
      assert.deepEqual(bytes, before);
      const owner = new WebSocketDecoder({ peer, ownsChunks: true });
      const chunks = split(bytes, cuts).map((chunk) => Uint8Array.from(chunk));
      assert.deepEqual(whole(chunks.flatMap((chunk) => owner.push(chunk))), told);
    }),
  );
});

const peers = fc.constantFrom('client', 'server');

test('what a decoder gives out does not depend on how the bytes were cut', () => {
  fc.assert(
    fc.property(peers, fc.oneof(fc.uint8Array({ maxLength: 200 }), likelyFrames()), sizes, (peer, bytes, cuts) => {
      assert.equal(outcome(peer, split(bytes, cuts)), outcome(peer, [bytes]));
    }),
  );
});

/** Control frames and bytes of messages, until the bytes are refused or end. */
function outcome(peer: 'client' | 'server', chunks: readonly Uint8Array[]): string {
  const decoder = new WebSocketDecoder({ peer });
  const told: string[] = [];
  try {
    for (const chunk of chunks) {
      for (const event of decoder.push(chunk)) {
        if (event.type === 'data') told.push(...Array.from(event.data, (byte) => `${event.kind} ${byte}`));
        else told.push(`${event.type} ${JSON.stringify(event)}`);
      }
    }
    decoder.end();
  } catch (error) {
    assert.ok(error instanceof KubeError, String(error));
    // Of a chunk that is refused nothing is given out, so only the code is the same.
    return error.code === 'ERR_KUBE_WEBSOCKET_CUT' ? `${told.join()} cut` : error.code;
  }
  return told.join();
}

test('random bytes are refused with a KubeError or read; never more comes out than went in', () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 400 }), likelyFrames());
  fc.assert(
    fc.property(bytes, peers, (input, peer) => {
      let out = 0;
      try {
        for (const event of decode(peer, [input]))
          out += event.type === 'close' ? event.reason.length : event.data.length;
      } catch (error) {
        assert.ok(error instanceof KubeError, String(error));
        assert.ok(text(utf8(error.message)).length < 200);
      }
      assert.ok(out <= input.length);
    }),
    { numRuns: 500 },
  );
});

/** Frames that are right but for a byte or two. */
function likelyFrames(): fc.Arbitrary<Uint8Array> {
  const frame = fc
    .tuple(fc.constantFrom<Opcode>(0, 1, 2, 8, 9, 10), fc.uint8Array({ maxLength: maxControlBytes + 1 }), masks)
    .map(([opcode, data, mask]) => encodeFrame(opcode, [data], mask));
  return fc
    .tuple(fc.array(frame, { maxLength: 5 }), fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 2 }))
    .map(([frameList, changes]) => {
      const bytes = joined(frameList);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });
}
