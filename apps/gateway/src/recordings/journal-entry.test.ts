// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeEntries, encodeEntry } from './journal-entry.ts';

const entry = fc.record(
  {
    stream: fc.uuid(),
    offset: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    block: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  },
  { noNullPrototype: true },
);

test('what was written whole is read again, wherever a crash cut what followed', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), entry, fc.nat({ max: 130 }), (entries, last, cut) => {
      const torn = encodeEntry(last);
      const journal = Buffer.concat([...entries.map(encodeEntry), torn.subarray(0, Math.min(cut, torn.length - 1))]);
      assert.deepEqual([...decodeEntries(journal)], entries);
    }),
  );
});

test('an entry with a bit that is wrong is none, nor is what follows it', () => {
  fc.assert(
    fc.property(entry, entry, fc.nat(), (first, second, at) => {
      const journal = Buffer.concat([first, second].map(encodeEntry));
      const bit = at % (encodeEntry(first).length * 8);
      journal.writeUInt8(journal.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      assert.deepEqual([...decodeEntries(journal)], []);
    }),
  );
});
