// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KubeError } from '../error.ts';
import { fromHex, joined, split, utf8 } from '../fixtures/bytes.ts';
import { inflateStored } from '../fixtures/inflate-stored.ts';
import { SpdyDecoder } from './decoder.ts';
import { SpdyEncoder } from './encoder.ts';
import { maxStreamNumber, type SpdyFrame, type SpdyHeaders } from './frame.ts';

function decode(chunks: readonly Uint8Array[]): SpdyFrame[] {
  const decoder = new SpdyDecoder(inflateStored);
  const frames = chunks.flatMap((chunk) => decoder.push(chunk));
  decoder.end();
  return frames;
}

/** Frames with the pieces of data of one stream that follow one another put together. */
function withWholeData(frames: readonly SpdyFrame[]): SpdyFrame[] {
  const told: SpdyFrame[] = [];
  for (const frame of frames) {
    const last = told.at(-1);
    if (frame.type !== 'data') told.push(frame);
    else if (last?.type === 'data' && last.stream === frame.stream && !last.fin)
      told[told.length - 1] = { ...frame, data: joined([last.data, frame.data]) };
    else told.push({ ...frame, data: Uint8Array.from(frame.data) });
  }
  return told;
}

const stream = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(maxStreamNumber));
const status = fc.integer({ min: 1, max: 0xffff_ffff });
const name = fc.constantFrom('streamtype', 'port', 'requestid', ':host', 'x-1');
const value = fc.string({ unit: fc.constantFrom(...'abc 019/-'), maxLength: 12 });
const headers: fc.Arbitrary<SpdyHeaders> = fc.uniqueArray(
  fc.record({ name, values: fc.array(value, { minLength: 1, maxLength: 3 }) }, { noNullPrototype: true }),
  { selector: (header) => header.name },
);

function record<T extends SpdyFrame['type'], M extends object>(
  type: T,
  members: { [K in keyof M]: fc.Arbitrary<M[K]> },
): fc.Arbitrary<{ type: T } & M> {
  return fc.record({ type: fc.constant(type), ...members }, { noNullPrototype: true }) as unknown as fc.Arbitrary<
    { type: T } & M
  >;
}

const frame: fc.Arbitrary<SpdyFrame> = fc.oneof(
  record('syn-stream', { stream, headers, fin: fc.boolean() }),
  record('syn-reply', { stream, headers, fin: fc.boolean() }),
  record('headers', { stream, headers, fin: fc.boolean() }),
  record('rst-stream', { stream, status }),
  record('settings', {}),
  record('ping', { id: status }),
  record('goaway', { lastStream: fc.nat(maxStreamNumber), status: fc.nat(2) }),
  record('window-update', { stream: fc.nat(9), delta: fc.integer({ min: 1, max: maxStreamNumber }) }),
  record('data', { stream, data: fc.uint8Array({ maxLength: 300 }), fin: fc.boolean() }),
);
const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 60 });

test('frames that are encoded are read again, however their bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), sizes, (frames, cuts) => {
      const encoder = new SpdyEncoder();
      const bytes = joined(frames.map((each) => encoder.encode(each)));
      assert.deepEqual(withWholeData(decode(split(bytes, cuts))), withWholeData(frames));
    }),
  );
});

test('random bytes, and frames with a wrong byte, are read or refused with a KubeError; never more comes out than went in', () => {
  const wrong = fc
    .tuple(fc.array(frame, { maxLength: 6 }), fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 3 }))
    .map(([frames, changes]) => {
      const encoder = new SpdyEncoder();
      const bytes = joined(frames.map((each) => encoder.encode(each)));
      for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(wrong, fc.uint8Array({ maxLength: 300 })), sizes, (bytes, cuts) => {
      let out = 0;
      try {
        for (const each of decode(split(bytes, cuts))) if (each.type === 'data') out += each.data.length;
      } catch (error) {
        assert.ok(error instanceof KubeError, String(error));
      }
      assert.ok(out <= bytes.length);
    }),
    { numRuns: 500 },
  );
});

const stored = (hex: string) => {
  const block = fromHex(hex);
  const length = (block.length & 0xff).toString(16).padStart(2, '0');
  const check = ((block.length & 0xff) ^ 0xff).toString(16).padStart(2, '0');
  return `780100${length}00${check}ff${hex}000000ffff`;
};
const opening = (block: string, associated = '00000000') => {
  const bytes = stored(block);
  return `80030001 0000${(10 + bytes.length / 2).toString(16).padStart(4, '0')} 00000001 ${associated} 0000 ${bytes}`;
};
const text = (word: string) =>
  `${word.length.toString(16).padStart(8, '0')}${[...utf8(word)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;

test('the frames of the next table are right but for what it says', () => {
  const [read] = decode([fromHex(opening(`00000001${text('a')}${text('b')}`))]);
  assert.deepEqual(read, { type: 'syn-stream', stream: 1, headers: [{ name: 'a', values: ['b'] }], fin: false });
});

const refused: readonly (readonly [name: string, hex: string])[] = [
  ['version 2', '800200060000000400000001'],
  ['type 5', '8003000500000000'],
  ['type 10', '8003000a00000000'],
  ['a ping with a flag', '800300060100000400000001'],
  ['a ping of 8 bytes', '80030006000000080000000100000000'],
  ['ping 0', '800300060000000400000000'],
  ['a reset of stream 0', '80030003000000080000000000000005'],
  ['a reset without a status', '80030003000000080000000100000000'],
  ['a reserved bit', '80030003000000088000000100000005'],
  ['a goaway of 4 bytes', '800300070000000400000000'],
  ['settings of the wrong length', '800300040000000c000000020000000400000064'],
  ['settings of more entries than bits', '800300040000000420000000'],
  ['a window that grows by 0', '80030009000000080000000100000000'],
  ['a window that grows by 2^31', '80030009000000080000000180000000'],
  ['a stream with one direction', '800300010200000a'],
  ['a stream with an unknown flag', '800300010400000a'],
  ['an associated stream', opening('00000000', '00000003')],
  ['a stream without room for its number', '8003000100000009'],
  ['a reply without headers', '800300020000000400000001'],
  ['data of stream 0', '0000000000000001'],
  ['compressed data', '0000000102000001'],
  ['headers that are cut off', opening('00000001')],
  ['a count of 2^32 - 1', opening('ffffffff')],
  ['a name longer than the block', opening('0000000100ffffff61')],
  ['a name in upper case', opening(`00000001${text('A')}${text('b')}`)],
  ['an empty name', opening(`00000001${text('')}${text('b')}`)],
  ['a name twice', opening(`00000002${text('a')}${text('b')}${text('a')}${text('b')}`)],
  ['a line break in a value', opening(`00000001${text('a')}${text('b\n')}`)],
  ['a value that is not ASCII', opening(`00000001${text('a')}00000002c3a9`)],
  ['bytes after the headers', opening(`00000001${text('a')}${text('b')}00`)],
];

for (const [what, hex] of refused) {
  test(`${what} is refused, whole and byte by byte`, () => {
    const bytes = fromHex(hex);
    for (const chunks of [[bytes], split(bytes, Array(bytes.length).fill(1))]) {
      assert.throws(
        () => decode(chunks),
        (error: unknown) => error instanceof KubeError && /^ERR_KUBE_SPDY(_TOO_LARGE)?$/.test(error.code),
      );
    }
  });
}

test('a control frame over the limit is refused by its head', () => {
  const decoder = new SpdyDecoder(inflateStored, { maxControlBytes: 100 });
  assert.throws(() => decoder.push(fromHex('8003000100000065')), { code: 'ERR_KUBE_SPDY_TOO_LARGE' });
});

test('65 headers are refused', () => {
  const many = Array.from({ length: 65 }, (_, index) => ({ name: `h${index}`, values: ['v'] }));
  const bytes = new SpdyEncoder().encode({ type: 'syn-stream', stream: 1, headers: many, fin: false });
  assert.throws(() => decode([bytes]), { code: 'ERR_KUBE_SPDY_TOO_LARGE' });
});

test('data is handed over as it comes, and ends with its last byte', () => {
  const decoder = new SpdyDecoder(inflateStored);
  assert.deepEqual(decoder.push(fromHex('0000000101000003')), []);
  assert.deepEqual(decoder.push(utf8('ab')), [{ type: 'data', stream: 1, data: utf8('ab'), fin: false }]);
  assert.deepEqual(decoder.push(utf8('c')), [{ type: 'data', stream: 1, data: utf8('c'), fin: true }]);
});

for (const hex of [
  '80',
  '80030006',
  '8003000600000004',
  '800300060000000400',
  '0000000100000002',
  '000000010000000261',
]) {
  test(`bytes that end after ${hex} are cut`, () => {
    assert.throws(() => decode([fromHex(hex)]), { code: 'ERR_KUBE_SPDY_CUT' });
  });
}

test('a data frame of 16 MiB is not written', () => {
  const data = new Uint8Array(0x100_0000);
  assert.throws(() => new SpdyEncoder().encode({ type: 'data', stream: 1, data, fin: false }), {
    code: 'ERR_KUBE_SPDY_TOO_LARGE',
  });
});
