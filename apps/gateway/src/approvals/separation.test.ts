// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { separationOf } from './separation.ts';

test('in doubt somebody is the owner', () => {
  const cases: readonly [owner: string, names: readonly string[], ReturnType<typeof separationOf>][] = [
    ['ada', ['ada'], 'owner'],
    ['ada', ['u-1', 'ADA '], 'owner'],
    ['ada', ['u-1', 'ada@example.com'], 'owner'],
    ['ada', ['grace', 'grace@example.com'], 'other'],
    ['ada', ['grace'], 'other'],
    ['ada@example.com', ['u-1', 'Ada@Example.com'], 'owner'],
    ['ada@example.com', ['ada'], 'owner'],
    ['ada@example.com', ['ada', 'lovelace@example.com'], 'owner'],
    ['ada@example.com', ['grace', 'grace@example.com'], 'other'],
    ['ada@example.com', ['u-2', 'ada@example.org'], 'other'],
    ['ada@example.com', ['u-2'], 'unclear'],
    ['ada@example.com', [], 'unclear'],
  ];
  for (const [owner, names, expected] of cases)
    assert.equal(separationOf(owner, names, ['approvers']), expected, `${owner} ${names}`);
  assert.equal(separationOf('sre', ['grace'], ['approvers', 'sre']), 'owner');
  // A group's address is not that of a person.
  assert.equal(separationOf('ada@example.com', ['u-2'], ['approvers@example.com']), 'unclear');
});
