// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotationWords, ruleEffect } from './rule-words.ts';

const approval = { group: 'platform', quorum: 2, ttlSeconds: 900, ownerMay: true };

test('a forbid that can be countersigned asks; any other denies', () => {
  assert.equal(ruleEffect({ effect: 'permit' }), 'allow');
  assert.equal(ruleEffect({ effect: 'forbid' }), 'deny');
  assert.equal(ruleEffect({ effect: 'forbid', approval }), 'ask');
});

test('annotations are said whole', () => {
  assert.deepEqual(annotationWords({ effect: 'permit', reveal: true }), ['shows values in the clear']);
  assert.deepEqual(annotationWords({ effect: 'permit', stdin: 'unrecorded' }), ['what is typed is not recorded']);
  assert.deepEqual(annotationWords({ effect: 'forbid', approval }), [
    'wants 2 of platform',
    'good for 15 min',
    'the owner may countersign',
  ]);
  const plain = { group: 'platform', quorum: 1, ownerMay: false };
  assert.deepEqual(annotationWords({ effect: 'forbid', approval: plain }), ['wants one of platform']);
});
