// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sizeWords, stateWords, streamWords } from './recording-words.ts';

test('what a recording is of is said by its kind and place', () => {
  const state = 'running' as const;
  const of = { kind: 'exec', namespace: 'shop', pod: 'web-0', state };
  assert.equal(streamWords(of), 'exec web-0 in shop');
  assert.equal(streamWords({ ...of, container: 'web' }), 'exec web-0 in shop, container web');
  assert.equal(streamWords({ state }), 'a stream that did not begin');
});

test('how it ended is said with why it was cut', () => {
  assert.equal(stateWords({ state: 'running' }), 'running');
  assert.equal(stateWords({ state: 'ended', end: 'complete' }), 'complete');
  assert.equal(stateWords({ state: 'ended', end: 'cut', reason: 'ERR_LOCKED' }), 'cut: ERR_LOCKED');
});

test('sizes are told roughly', () => {
  assert.deepEqual([0, 1_023, 12_288, 3_145_728].map(sizeWords), ['0 B', '1023 B', '12 KiB', '3 MiB']);
});
