// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparable } from './differences.ts';

test('an age is put aside however kubectl writes it, and a quantity is none', () => {
  for (const age of ['0s', '119s', '2m', '2m1s', '9m', '9m59s', '10m', '179m'])
    assert.equal(comparable(`web   ${age}   lab-node`), 'web   AGE lab-node', age);
  assert.equal(comparable('web   250m   20Mi'), 'web   250m   20Mi');
});

test('no age, no address and a number that is no node port stay what they are', () => {
  for (const [direct, other] of [
    ['web   5s   ', 'web   <unknown>   '],
    ['web   10.251.0.7   ', 'web   <none>   '],
    ['replicas: 30001', 'replicas: 30002'],
    ['{"replicas":30001}', '{"replicas":30002}'],
  ] as const) {
    assert.notEqual(comparable(direct), comparable(other));
  }
  assert.equal(comparable('80:31234/TCP'), comparable('80:30001/TCP'));
  assert.equal(comparable('"nodePort": 31234,'), comparable('"nodePort": 30001,'));
  assert.equal(comparable('NodePort:   http  31234/TCP'), comparable('NodePort:   http  30001/TCP'));
});
