// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparable } from './differences.ts';

test('an age is put aside however kubectl writes it, and a quantity is none', () => {
  for (const age of ['0s', '119s', '2m', '2m1s', '9m', '9m59s', '10m', '179m'])
    assert.equal(comparable(`web   ${age}   lab-node`), 'web   AGE lab-node', age);
  assert.equal(comparable('web   250m   20Mi'), 'web   250m   20Mi');
});
