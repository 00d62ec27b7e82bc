// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KubeError } from '../error.ts';
import { joined, split, utf8 } from '../fixtures/bytes.ts';
import { encodeTerminalSize, TerminalSizeDecoder } from './terminal-size.ts';

const side = fc.integer({ min: 0, max: 65_535 });

test('sizes are read one after another, however their bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ width: side, height: side }, { noNullPrototype: true })),
      fc.array(fc.integer({ min: 1, max: 20 })),
      (sizes, cuts) => {
        const decoder = new TerminalSizeDecoder();
        const read = split(joined(sizes.map(encodeTerminalSize)), cuts).flatMap((piece) => decoder.push(piece));
        assert.deepEqual(read, sizes);
      },
    ),
  );
});

test('other spellings of the same JSON are read', () => {
  const text = ' {"Height": 24, "Width": 80}\n{"Width":1,"Height":2}\n';
  assert.deepEqual(new TerminalSizeDecoder().push(utf8(text)), [
    { width: 80, height: 24 },
    { width: 1, height: 2 },
  ]);
});

for (const text of [
  '[80,24]',
  '80',
  '{"Width":80}',
  '{"width":80,"height":24}',
  '{"Width":80,"Height":24,"Depth":1}',
  '{"Width":80,"Width":80}',
  '{"Width":80,"Height":"24"}',
  '{"Width":80,"Height":-1}',
  '{"Width":80,"Height":2.5}',
  '{"Width":80,"Height":65536}',
  '{"Width":80,"Height":1e3}',
  `{"Width":80,"Height":24${' '.repeat(256)}}`,
  `{"Width":80,"Height":24${' '.repeat(256)}`,
]) {
  test(`${text.slice(0, 40)} is refused`, () => {
    assert.throws(() => new TerminalSizeDecoder().push(utf8(text)), { code: 'ERR_KUBE_RESIZE' });
  });
}

test('random text is refused with a KubeError or read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.json(), (noise, json) => {
      for (const text of [noise, json, `{${json}}`]) {
        try {
          new TerminalSizeDecoder().push(utf8(text));
        } catch (error) {
          assert.ok(error instanceof KubeError && error.code === 'ERR_KUBE_RESIZE', String(error));
        }
      }
    }),
  );
});
