// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Requirement } from './approval.ts';
import { countOf, missingOf } from './quorum.ts';

const wants = (group: string, quorum = 1, id = group): Requirement => ({
  rule: { set: 'lab', id },
  group,
  quorum,
  ownerMay: false,
});
const of = (...groups: readonly string[]) => ({ groups });

test('who is in two groups stands for one of them', () => {
  const both = [wants('a'), wants('b')];
  assert.deepEqual(missingOf(both, [of('a', 'b')]), [{ group: 'b', count: 1 }]);
  // Whoever may stand for either makes room for who may not.
  assert.deepEqual(missingOf(both, [of('a', 'b'), of('a')]), []);
  assert.deepEqual(missingOf(both, [of('a'), of('a')]), [{ group: 'b', count: 1 }]);
});

test('rules that name one group are met by the same people', () => {
  const rules = [wants('a', 1, 'first'), wants('a', 2, 'second')];
  assert.deepEqual(missingOf(rules, [of('a')]), [{ group: 'a', count: 1 }]);
  assert.deepEqual(missingOf(rules, [of('a'), of('a')]), []);
});

/** The largest number of seats that any order of people fills, one after another. */
function mostSeated(seats: readonly string[], people: readonly (readonly string[])[]): number {
  const [first, ...others] = people;
  if (first === undefined) return 0;
  const without = mostSeated(seats, others);
  const withSeat = seats.flatMap((group, at) =>
    first.includes(group) ? [1 + mostSeated(seats.toSpliced(at, 1), others)] : [],
  );
  return Math.max(without, ...withSeat);
}

test('as many seats are taken as can be', () => {
  const group = fc.constantFrom('a', 'b', 'c');
  const wanted = fc.uniqueArray(fc.record({ group, quorum: fc.integer({ min: 1, max: 2 }) }), {
    selector: ({ group: name }) => name,
  });
  fc.assert(
    fc.property(wanted, fc.array(fc.uniqueArray(group), { maxLength: 5 }), (requirements, people) => {
      const seats = requirements.flatMap(({ group: name, quorum }) => Array<string>(quorum).fill(name));
      const missing = missingOf(
        requirements.map(({ group: name, quorum }) => wants(name, quorum)),
        people.map((groups) => ({ groups })),
      );
      assert.equal(countOf(missing), seats.length - mostSeated(seats, people));
    }),
  );
});
