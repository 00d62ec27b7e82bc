// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Holds } from './holds.ts';

test('an agent holds so many, others as many, and a place that is left can be taken again', () => {
  const holds = new Holds(2);
  const left = [holds.enter('a'), holds.enter('a')];
  assert.equal(holds.enter('a'), undefined);
  assert.notEqual(holds.enter('b'), undefined);
  left[0]?.();
  assert.notEqual(holds.enter('a'), undefined);
  assert.equal(holds.enter('a'), undefined);
});
