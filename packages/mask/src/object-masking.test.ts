// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { leakFinder } from './fixtures/canary-oracle.ts';
import { OBJECT_CANARIES } from './fixtures/object-canaries.ts';
import { OBJECT_CORPUS, type ObjectCase } from './fixtures/object-corpus.ts';
import { cut, maskPieces, planFor } from './fixtures/run-masker.ts';
import type { MaskerOptions } from './masker.ts';

const options: MaskerOptions = {
  hmac: (message) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
  nonce: new Uint8Array(16).fill(7),
};

const leakIn = leakFinder(OBJECT_CANARIES);
const MASK = /masked-v1-[a-z]+-[a-z2-7]{26}|bWFza2VkLXYx/;

const planOf = ({ resource, shape }: ObjectCase) => planFor(shape === 'watch' ? 'watch' : 'get', resource);

function mask(one: ObjectCase, at: readonly number[] = []): string {
  return maskPieces(planOf(one), cut(one.body, at), options);
}

/** Every scalar of a document by its path, names of members included. */
function scalars(value: unknown, path = ''): [path: string, value: unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, member]) => scalars(member, `${path}/${name}`));
}

const documents = ({ shape }: ObjectCase, text: string): unknown[] =>
  shape === 'watch'
    ? text
        .replaceAll('}{"type"', '}\n{"type"')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [JSON.parse(text)];

describe('createMasker, for objects of all kinds', () => {
  for (const one of OBJECT_CORPUS) {
    const whole = mask(one);

    it(`lets no canary out: ${one.name}`, () => {
      assert.notEqual(leakIn(one.body), undefined);
      assert.equal(leakIn(whole), undefined);
    });

    it(`changes what holds a canary, and nothing else: ${one.name}`, () => {
      const before = scalars(documents(one, one.body));
      const after = scalars(documents(one, whole));
      assert.deepEqual(
        after.map(([path]) => path),
        before.map(([path]) => path),
      );
      for (const [index, [path, value]] of before.entries()) {
        const masked = after[index]?.[1];
        const holds = leakIn(typeof value === 'string' ? value : JSON.stringify(value)) !== undefined;
        if (holds) assert.match(String(masked), MASK, path);
        else assert.equal(masked, value, path);
      }
    });

    it(`gives the same wherever chunks end: ${one.name}`, () => {
      const step = Math.ceil(one.body.length / 100);
      for (let at = 0; at <= one.body.length; at += step) assert.equal(mask(one, [at]), whole, `at ${at}`);
      const offsets = fc.array(fc.nat(one.body.length), { maxLength: 20 });
      fc.assert(
        fc.property(offsets, (at) => assert.equal(mask(one, at), whole)),
        { numRuns: 10 },
      );
    });

    it(`lets no canary out of an answer to a write: ${one.name}`, () => {
      const written = maskPieces({ ...planOf(one), isWriteAnswer: true }, cut(one.body, []), options);
      assert.equal(leakIn(written), undefined);
    });
  }
});
