// SPDX-License-Identifier: Apache-2.0
// Each row of the table of attacks is red for a weakening of the product: an edit is planted in a copy of the tree,
// gateway and connector run from there, and the tries that it names must fail. One API server serves them all.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Field } from './attacks/field.ts';
import { TreeCopy } from './attacks/plant.ts';
import { everyTry } from './attacks/rows.ts';
import { startField } from './attacks/start-field.ts';
import { triesNamed, type Weakening, weakenings } from './attacks/weakenings.ts';
import { TREE } from './installation/countersign.ts';

let field: Field;
let copy: TreeCopy;
const tries = everyTry();

before(async () => {
  copy = new TreeCopy(TREE);
  field = await startField();
});
after(async () => {
  await field?.stop();
  copy?.[Symbol.dispose]();
});

/** How a try ended: only a failed assertion shows an attack that came through. */
async function failureOf(run: (field: Field) => Promise<void>): Promise<Error | undefined> {
  try {
    await run(field);
    return undefined;
  } catch (error) {
    if (error instanceof assert.AssertionError) return error;
    throw error;
  }
}

async function assertReddens(weakening: Weakening): Promise<void> {
  for (const one of triesNamed(weakening, tries)) {
    const failure = await failureOf(one.run);
    assert.ok(failure, `row ${weakening.row}, ${one.what}: held all the same`);
  }
}

test('control: from a copy without an edit, every try that a weakening names holds', async () => {
  await field.restart(copy.dir);
  const named = new Set(weakenings.flatMap((weakening) => triesNamed(weakening, tries)));
  for (const { run, unavailable } of named) if (unavailable === undefined) await run(field);
});

for (const weakening of weakenings) {
  const unavailable = triesNamed(weakening, tries).find((one) => one.unavailable !== undefined)?.unavailable;
  test(`row ${weakening.row} is red when ${weakening.what}`, { skip: unavailable ?? false }, async () => {
    using _planted = copy.plant(weakening.edits);
    await field.restart(copy.dir);
    await assertReddens(weakening);
  });
}
