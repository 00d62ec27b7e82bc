// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { constants, createDeflate, type Deflate, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { KubeError } from '../error.ts';
import { fromHex, utf8 } from '../fixtures/bytes.ts';
import { SpdyDecoder } from './decoder.ts';
import { spdyDictionary } from './dictionary.ts';
import type { SpdyFrame } from './frame.ts';
import { HeaderDeflater } from './header-deflater.ts';
import { HeaderInflater } from './header-inflater.ts';
import type { Inflate } from './inflate.ts';

const MAX_BYTES = 16 * 1024;

const inflate: Inflate = (blocks, window, maxBytes) => {
  try {
    const options = { dictionary: window, finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maxBytes, info: true };
    const { buffer, engine } = inflateRawSync(blocks, options) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return engine.bytesWritten === blocks.length ? buffer : undefined;
  } catch {
    return undefined;
  }
};

function deflated(stream: Deflate, block: Uint8Array): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  const collect = (chunk: Buffer) => chunks.push(chunk);
  stream.on('data', collect);
  return new Promise((resolve) => {
    stream.write(block);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.removeListener('data', collect);
      resolve(Buffer.concat(chunks));
    });
  });
}

test("the dictionary is SPDY/3's", () => {
  const dictionary = spdyDictionary();
  assert.equal(dictionary.length, 1_423);
  const digest = createHash('sha256').update(dictionary).digest('hex');
  assert.equal(digest, '51d27341373f923f3cd88e1eb7162aeaa3723d7585ff2399201dc06498407f02');
});

test('the frames that the library of kubectl and kubelet wrote are read', () => {
  // github.com/moby/spdystream v0.5.1: two streams of a port-forward, a reply, data, an end, a ping, a reset, a goaway,
  // a window update, settings.
  const bytes = [
    '800300010000003e0000000100000000000078f9e3c6a7c202253a703a2b294a4dcc851625aca9a0808614cb45e01c60616061c0c0c0c05904',
    '89c64c50f2663400000000ffff',
    '800300010000001800000003000000000000c2aa19540e2512d60b000000ffff',
    '800300020000000e000000016260606000000000ffff',
    '000000030000000568656c6c6f',
    '0000000101000000',
    '800300060000000400000001',
    '80030003000000080000000300000005',
    '80030007000000080000000300000000',
    '80030009000000080000000300010000',
    '800300040000000c000000010000000400000064',
  ];
  const names = (type: string, stream: number, frame: SpdyFrame | undefined) => {
    assert.ok(frame?.type === 'syn-stream');
    const headers = Object.fromEntries(frame.headers.map(({ name, values }) => [name, values.join()]));
    assert.deepEqual(
      [frame.stream, frame.fin, headers],
      [stream, false, { streamtype: type, port: '8080', requestid: '0' }],
    );
  };
  const [error, data, ...rest] = new SpdyDecoder(inflate).push(fromHex(bytes.join('')));
  names('error', 1, error);
  names('data', 3, data);
  assert.deepEqual(rest, [
    { type: 'syn-reply', stream: 1, headers: [], fin: false },
    { type: 'data', stream: 3, data: utf8('hello'), fin: false },
    { type: 'data', stream: 1, data: utf8(''), fin: true },
    { type: 'ping', id: 1 },
    { type: 'rst-stream', stream: 3, status: 5 },
    { type: 'goaway', lastStream: 3, status: 0 },
    { type: 'window-update', stream: 3, delta: 65_536 },
    { type: 'settings' },
  ]);
});

test('blocks that zlib compressed, with the dictionary or without, are inflated one by one', async () => {
  const block = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 3_000 }).map(utf8));
  const blocks = fc.array(block, { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(blocks, fc.boolean(), fc.integer({ min: 0, max: 9 }), async (all, withDictionary, level) => {
      const stream = createDeflate(withDictionary ? { dictionary: spdyDictionary(), level } : { level });
      const inflater = new HeaderInflater(inflate, MAX_BYTES);
      for (const each of all.filter(({ length }) => length > 0))
        assert.deepEqual([...inflater.push(await deflated(stream, each))], [...each]);
      stream.destroy();
    }),
    { numRuns: 50 },
  );
});

test('a match may reach back over 32 KiB of earlier blocks and no further', async () => {
  const stream = createDeflate({ dictionary: spdyDictionary() });
  const inflater = new HeaderInflater(inflate, MAX_BYTES);
  const random = Array.from({ length: 12 }, (_, index) =>
    createHash('shake256', { outputLength: 8_000 }).update(String(index)).digest(),
  );
  for (const each of [...random, ...random.slice(8), ...random]) {
    assert.deepEqual([...inflater.push(await deflated(stream, each))], [...each]);
  }
  stream.destroy();
});

test('what the deflater writes, zlib reads, and so does the inflater', () => {
  const block = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(70_000).fill(7)));
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 10 }), (blocks) => {
      const deflater = new HeaderDeflater();
      const inflater = new HeaderInflater(inflate, 100_000);
      for (const each of blocks) assert.deepEqual([...inflater.push(deflater.push(each))], [...each]);
    }),
    { numRuns: 30 },
  );
});

test('a block that inflates to more than the limit is refused', async () => {
  const bomb = await deflated(createDeflate({ dictionary: spdyDictionary() }), new Uint8Array(1_000_000));
  assert.ok(bomb.length < 2_000);
  assert.throws(() => new HeaderInflater(inflate, MAX_BYTES).push(bomb), { code: 'ERR_KUBE_SPDY' });
});

for (const [name, hex] of [
  ['nothing', ''],
  ['one byte', '78'],
  ['another method', '7700'],
  ['a bad check', '7802000000ffff'],
  ['another dictionary', '78bb00000001000000ffff'],
  ['no flush', '78010100000000'],
  ['a reserved kind of block', '780107000000ffff'],
  ['a cut-off block', '780100050000000000ffff'],
  ['bytes after a last block', '7801030000000000ffff'],
] as const) {
  test(`a header stream of ${name} is refused`, () => {
    assert.throws(() => new HeaderInflater(inflate, MAX_BYTES).push(fromHex(hex)), { code: 'ERR_KUBE_SPDY' });
  });
}

test('random blocks are refused with a KubeError or inflated within the limit', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 4 }), (blocks) => {
      const inflater = new HeaderInflater(inflate, 100);
      try {
        const first = Uint8Array.from([0x78, 0x01, ...(blocks[0] ?? []), 0, 0, 0xff, 0xff]);
        for (const each of [first, ...blocks.slice(1)]) assert.ok(inflater.push(each).length <= 100);
      } catch (error) {
        assert.ok(error instanceof KubeError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});
