// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KubeError } from '../error.ts';
import { fromHex, joined, split, utf8 } from '../fixtures/bytes.ts';
import { WebSocketDecoder } from '../websocket/decoder.ts';
import { encodeFrame } from '../websocket/encode-frame.ts';
import { opcodes } from '../websocket/frame-head.ts';
import { encodePort, encodePortChannel, type PortChannel, PortChannelDecoder } from './port-channel-decoder.ts';

const ports = [80, 8443];
const mask = fromHex('01020304');

function decode(side: 'client' | 'server', chunks: readonly Uint8Array[]) {
  const frames = new WebSocketDecoder({ peer: side });
  const channels = new PortChannelDecoder({ ports, side });
  const events = chunks.flatMap((chunk) => frames.push(chunk));
  frames.end();
  return events.flatMap((event) => (event.type === 'data' ? channels.push(event) : []));
}

function message(side: 'client' | 'server', hex: string): Uint8Array {
  return encodeFrame(opcodes.binary, [fromHex(hex)], side === 'client' ? mask : undefined);
}

test('data and errors are told by port, without the port that a server begins with', () => {
  const server = ['005000', '015000', '02fb20', '03fb20', '0261', '0362'].map((hex) => message('server', hex));
  assert.deepEqual(decode('server', server), [
    { index: 1, type: 'data', data: utf8('a') },
    { index: 1, type: 'error', data: utf8('b') },
  ]);
  assert.deepEqual(decode('client', [message('client', '0261')]), [{ index: 1, type: 'data', data: utf8('a') }]);
});

for (const [side, hex] of [
  ['client', '0161'],
  ['client', '0461'],
  ['server', '0461'],
  ['server', '005100'],
  ['server', '02fb21'],
] as const) {
  test(`${hex} of the ${side} is refused`, () => {
    assert.throws(() => decode(side, [message(side, hex)]), { code: 'ERR_KUBE_CHANNEL' });
  });
}

test('what is encoded is read again, however its bytes are cut', () => {
  const channel = fc.record({
    index: fc.constantFrom(0, 1),
    type: fc.constantFrom<PortChannel['type']>('data', 'error'),
  });
  const sides = fc.constantFrom('client', 'server');
  const given = fc.array(fc.tuple(channel, fc.uint8Array({ maxLength: 200 })), { maxLength: 8 });
  fc.assert(
    fc.property(sides, given, fc.array(fc.integer({ min: 1, max: 30 })), (side, sent, cuts) => {
      const isServer = side === 'server';
      // A client writes no errors, and does not begin with the port.
      const all = sent.filter(([{ type }]) => isServer || type === 'data');
      const begun = ports.flatMap((port, index) =>
        (['data', 'error'] as const).map((type) => encodePortChannel({ index, type }, encodePort(port))),
      );
      const messages = all.map(([each, data]) => encodePortChannel(each, data, isServer ? undefined : mask));
      const read = decode(side, split(joined(isServer ? [...begun, ...messages] : messages), cuts));
      for (const index of [0, 1]) {
        for (const type of ['data', 'error'] as const) {
          const is = (each: PortChannel) => each.index === index && each.type === type;
          const expected = all.filter(([each]) => is(each)).map(([, data]) => data);
          assert.deepEqual(joined(read.filter(is).map(({ data }) => data)), joined(expected));
        }
      }
    }),
  );
});

test('random messages are read or refused with a KubeError', () => {
  const messages = fc.array(fc.uint8Array({ max: 8, maxLength: 20 }), { maxLength: 6 });
  fc.assert(
    fc.property(messages, fc.constantFrom('client', 'server'), (payloads, side) => {
      const frames = payloads.map((data) => encodeFrame(opcodes.binary, [data], side === 'client' ? mask : undefined));
      try {
        decode(side, frames);
      } catch (error) {
        assert.ok(error instanceof KubeError, String(error));
      }
    }),
  );
});
