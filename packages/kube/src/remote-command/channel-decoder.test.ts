// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KubeError } from '../error.ts';
import { fromHex, joined, split, utf8 } from '../fixtures/bytes.ts';
import { WebSocketDecoder } from '../websocket/decoder.ts';
import { encodeFrame } from '../websocket/encode-frame.ts';
import { opcodes } from '../websocket/frame-head.ts';
import { type Channel, channels, isWrittenBy } from './channel.ts';
import { ChannelDecoder, type ChannelEvent } from './channel-decoder.ts';
import { encodeChannelClose, encodeChannelData } from './encode-channel.ts';

interface Side {
  readonly version: 4 | 5;
  readonly side: 'client' | 'server';
}

function decode({ version, side }: Side, chunks: readonly Uint8Array[]): ChannelEvent[] {
  const frames = new WebSocketDecoder({ peer: side });
  const messages = new ChannelDecoder({ version, side });
  const events = chunks.flatMap((chunk) => frames.push(chunk));
  frames.end();
  return events.flatMap((event) => (event.type === 'data' ? messages.push(event) : []));
}

function messages({ side }: Side, ...payloads: readonly string[]): Uint8Array[] {
  const mask = side === 'client' ? fromHex('01020304') : undefined;
  return payloads.map((payload) => encodeFrame(opcodes.binary, [fromHex(payload)], mask));
}

const v5Client: Side = { version: 5, side: 'client' };
const v5Server: Side = { version: 5, side: 'server' };
const v4Client: Side = { version: 4, side: 'client' };

const read: readonly [name: string, side: Side, payloads: readonly string[], events: readonly ChannelEvent[]][] = [
  ['stdin', v5Client, ['006869'], [{ type: 'data', channel: 'stdin', data: utf8('hi') }]],
  ['a resize', v4Client, ['047b7d'], [{ type: 'data', channel: 'resize', data: utf8('{}') }]],
  ['the empty message that opens', v5Server, ['01'], [{ type: 'data', channel: 'stdout', data: fromHex('') }]],
  ['a message without a channel', v5Server, [''], []],
  ['the close of stdin', v5Client, ['ff00'], [{ type: 'close', channel: 'stdin' }]],
  ['a second close', v5Client, ['ff00', 'ff00'], [{ type: 'close', channel: 'stdin' }]],
  ['stderr', v5Server, ['0261'], [{ type: 'data', channel: 'stderr', data: utf8('a') }]],
];

for (const [name, side, payloads, events] of read) {
  test(`${name} is read`, () => {
    assert.deepEqual(decode(side, messages(side, ...payloads)), events);
  });
}

const refused: readonly [name: string, side: Side, payloads: readonly string[]][] = [
  ['an unknown channel', v5Client, ['0561']],
  ['a channel that the server writes', v5Client, ['0161']],
  ['a channel that the client writes', v5Server, ['0061']],
  ['a close in version 4', v4Client, ['ff00']],
  ['a close of no channel', v5Client, ['ff']],
  ['a close of two channels', v5Client, ['ff0004']],
  ["a close of the other side's channel", v5Client, ['ff01']],
  ['data after a close', v5Client, ['ff00', '0061']],
  ['a base64 message', v5Client, ['305a673d3d']],
];

for (const [name, side, payloads] of refused) {
  test(`${name} is refused`, () => {
    assert.throws(() => decode(side, messages(side, ...payloads)), { code: 'ERR_KUBE_CHANNEL' });
    const whole = joined(messages(side, ...payloads));
    assert.throws(() => decode(side, split(whole, Array(whole.length).fill(1))), { code: 'ERR_KUBE_CHANNEL' });
  });
}

test('text messages count as binary ones, and messages may be fragmented', () => {
  const text = encodeFrame(opcodes.text, [Uint8Array.of(0), utf8('héllo')], fromHex('00000000'));
  assert.deepEqual(decode(v4Client, [text]), [{ type: 'data', channel: 'stdin', data: utf8('héllo') }]);
  const fragments = fromHex('0200 0001 01 0002 6869 8001 21'); // empty, channel, "hi", "!"
  assert.deepEqual(decode(v5Server, [fragments]), [
    { type: 'data', channel: 'stdout', data: utf8('hi') },
    { type: 'data', channel: 'stdout', data: utf8('!') },
  ]);
});

const sides = fc.constantFrom<Side>(v5Client, v5Server, v4Client, { version: 4, side: 'server' });
const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 });

test('what is encoded is read again, however its bytes are cut', () => {
  const sent = fc.array(fc.tuple(fc.constantFrom(...channels), fc.uint8Array({ maxLength: 200 })), { maxLength: 8 });
  fc.assert(
    fc.property(sides, sent, sizes, fc.uint8Array({ minLength: 4, maxLength: 4 }), (side, all, cuts, random) => {
      const mask = side.side === 'client' ? random : undefined;
      const written = all.filter(([channel]) => isWrittenBy(channel, side.side));
      const frames = written.map(([channel, data]) => encodeChannelData(channel, data, mask));
      const own = channels.filter((channel) => isWrittenBy(channel, side.side));
      if (side.version === 5) frames.push(...own.map((channel) => encodeChannelClose(channel, mask)));
      const events = decode(side, split(joined(frames), cuts));
      for (const channel of channels) assert.deepEqual(bytesOf(events, channel), bytesOf(asEvents(written), channel));
      const closes = events.filter(({ type }) => type === 'close').map((event) => event.channel);
      assert.deepEqual(closes, side.version === 5 ? own : []);
    }),
  );
});

function asEvents(sent: readonly (readonly [Channel, Uint8Array])[]): ChannelEvent[] {
  return sent.map(([channel, data]) => ({ type: 'data', channel, data }));
}

function bytesOf(events: readonly ChannelEvent[], channel: Channel): Uint8Array {
  return joined(events.flatMap((event) => (event.type === 'data' && event.channel === channel ? [event.data] : [])));
}

test('random messages are read or refused with a KubeError', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 6 }), sides, (payloads, side) => {
      const mask = side.side === 'client' ? fromHex('01020304') : undefined;
      const frames = payloads.map((data) => encodeFrame(opcodes.binary, [data], mask));
      try {
        decode(side, frames);
      } catch (error) {
        assert.ok(error instanceof KubeError, String(error));
      }
    }),
  );
});
