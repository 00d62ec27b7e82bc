// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyMask } from './apply-mask.ts';

test('each byte is masked by the byte of the mask that its place has, wherever source and target begin', () => {
  const offset = fc.nat({ max: 7 });
  const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), mask, fc.nat({ max: 9 }), offset, offset, (bytes, ...given) => {
      const [key, phase, begin, at] = given;
      const target = new Uint8Array(begin + at + bytes.length + 5).subarray(begin);
      applyMask(bytes, key, phase, target, at);
      const masked = bytes.map((byte, index) => byte ^ (key[(phase + index) % 4] ?? 0));
      assert.deepEqual([...target], [...new Uint8Array(at), ...masked, ...new Uint8Array(5)]);
    }),
  );
});

test('bytes that are masked where they stand are as those that are masked into another place', () => {
  const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), mask, fc.nat({ max: 9 }), fc.nat({ max: 7 }), (bytes, ...given) => {
      const [key, phase, begin] = given;
      const elsewhere = new Uint8Array(bytes.length);
      applyMask(bytes, key, phase, elsewhere, 0);
      const around = new Uint8Array(begin + bytes.length + 5);
      const place = around.subarray(begin, begin + bytes.length);
      place.set(bytes);
      applyMask(place, key, phase, place, 0);
      assert.deepEqual([...around], [...new Uint8Array(begin), ...elsewhere, ...new Uint8Array(5)]);
    }),
  );
});
