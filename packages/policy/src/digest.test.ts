// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PolicySource, policyDigest } from './digest.ts';

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();
const hash = { sha256: (bytes: Uint8Array) => new Uint8Array(sha256(bytes)) };

test('a digest can be worked out by hand', () => {
  const sources = [
    { set: 'lab', file: 'b.cedar', text: 'é' },
    { set: 'lab', file: 'a.cedar', text: '' },
  ];
  const spelt = 'countersign-policies-v1\n3:lab7:a.cedar0:3:lab7:b.cedar2:é';
  assert.equal(policyDigest(hash, sources), `sha256:${sha256(spelt).toString('hex')}`);
});

const source: fc.Arbitrary<PolicySource> = fc.record({
  set: fc.constantFrom('organisation', 'lab', 'la'),
  file: fc.constantFrom('a.cedar', 'b.cedar', 'bb'),
  text: fc.string({ maxLength: 5 }),
});
const sources = fc.uniqueArray(source, { selector: ({ set, file }) => `${set}/${file}`, maxLength: 6 });

test('the order of reading means nothing', () => {
  fc.assert(
    fc.property(sources, (list) => {
      assert.equal(policyDigest(hash, list), policyDigest(hash, [...list].reverse()));
    }),
  );
});

test('different files never have one digest', () => {
  const spell = (list: readonly PolicySource[]) =>
    list
      .map((one) => JSON.stringify(one))
      .sort()
      .join();
  fc.assert(
    fc.property(sources, sources, (a, b) => {
      assert.equal(policyDigest(hash, a) === policyDigest(hash, b), spell(a) === spell(b));
    }),
  );
});
