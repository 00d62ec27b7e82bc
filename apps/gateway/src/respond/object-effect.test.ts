// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectEffect } from './object-effect.ts';

const effect = (answer: unknown) => objectEffect(Buffer.from(JSON.stringify(answer)));

test('identity and version are read where they stand, and nothing else is taken for them', () => {
  assert.deepEqual(effect({ metadata: { uid: 'u', resourceVersion: '7' } }), { uid: 'u', resourceVersion: '7' });
  assert.deepEqual(effect({ metadata: { resourceVersion: '7' } }), { resourceVersion: '7' });
  for (const answer of [{}, null, 5, [], { metadata: null }, { metadata: { uid: 5, resourceVersion: {} } }]) {
    assert.equal(effect(answer), undefined);
  }
  assert.equal(objectEffect(Buffer.from('no JSON')), undefined);
});

test('what no record would take is left out, so that the write is on record all the same', () => {
  assert.deepEqual(effect({ metadata: { uid: 'u'.repeat(65), resourceVersion: '7' } }), { resourceVersion: '7' });
});
