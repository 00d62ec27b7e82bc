// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PartlyRead, readRange } from './read-range.ts';

test('a range is read whole, however little each read gives, and ends with its file', async () => {
  const range = fc.record({ offset: fc.nat({ max: 120 }), length: fc.nat({ max: 120 }) });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), range, fc.integer({ min: 1, max: 30 }), async (...given) => {
      const [content, { offset, length }, most] = given;
      const file: PartlyRead = {
        async read(into, at, wanted, from) {
          const part = content.subarray(from, from + Math.min(wanted, most));
          into.set(part, at);
          return { bytesRead: part.length };
        },
      };
      assert.deepEqual(await readRange(file, offset, length), content.slice(offset, offset + length));
    }),
  );
});
