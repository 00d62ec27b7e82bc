// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Field } from './field.ts';
import { plantedField } from './planted-field.ts';
import { everyTry } from './rows.ts';
import { startField } from './start-field.ts';
import { triesNamed, type Weakening } from './weakenings.ts';

/** How a try ended: only a failed assertion shows an attack that came through. */
async function failureOf(run: (field: Field) => Promise<void>, field: Field): Promise<Error | undefined> {
  try {
    await run(field);
    return undefined;
  } catch (error) {
    if (error instanceof assert.AssertionError) return error;
    throw error;
  }
}

/**
 * Has a test for each weakening: its edits are planted in a copy of the tree, gateway and connectors run from there, and the
 * tries that it names must fail. One API server serves them all. The first test shows that all of these tries hold where
 * nothing is planted.
 */
export function testWeakenings(weakenings: readonly Weakening[]): void {
  const tries = everyTry();
  const planted = plantedField(startField, (field) => field.stop());

  test('control: from a copy without an edit, every try that a weakening names holds', async () => {
    using _none = await planted.plant([]);
    const named = new Set(weakenings.flatMap((weakening) => triesNamed(weakening, tries)));
    for (const { run, unavailable } of named) if (unavailable === undefined) await run(planted.field);
  });

  for (const weakening of weakenings) {
    const named = triesNamed(weakening, tries);
    const unavailable = named.find((one) => one.unavailable !== undefined)?.unavailable;
    test(`row ${weakening.row} is red when ${weakening.what}`, { skip: unavailable ?? false }, async () => {
      using _edits = await planted.plant(weakening.edits);
      for (const { run, what } of named) {
        const failure = await failureOf(run, planted.field);
        assert.ok(failure, `row ${weakening.row}, ${what}: held all the same`);
      }
    });
  }
}
