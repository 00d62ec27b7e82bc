// SPDX-License-Identifier: Apache-2.0
// That the weakenings of attack rows fit the tree. What they prove needs a cluster: e2e/attack-weakenings*.test.ts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { edited } from '../e2e/attacks/plant.ts';
import { everyTry, ROWS } from '../e2e/attacks/rows.ts';
import { triesNamed, weakenings } from '../e2e/attacks/weakenings.ts';
import { root } from './run-step.ts';

const tries = everyTry();

describe('weakenings of attack rows', () => {
  for (const weakening of weakenings) {
    test(`row ${weakening.row}, ${weakening.what}: its texts stand where it says, its tries are there`, () => {
      for (const edit of weakening.edits) {
        const text = readFileSync(join(root, edit.file), 'utf8');
        assert.notEqual(edited(text, edit), text);
      }
      assert.ok(triesNamed(weakening, tries).length > 0);
    });
  }

  test('each row that is tried has one', () => {
    const tried = new Set(tries.map(({ row }) => row));
    const weakened = new Set(weakenings.map(({ row }) => row));
    assert.deepEqual([...weakened].sort(), [...tried].sort());
    for (const { number, later } of ROWS) assert.ok(tried.has(number) || later !== undefined, `row ${number}`);
  });

  test('an edit whose text is gone, or stands there twice, is refused', () => {
    const edit = { file: 'x.ts', find: 'old', replace: 'new' };
    assert.equal(edited('an old text', edit), 'an new text');
    assert.throws(() => edited('a text', edit), /stands there 0 times/);
    assert.throws(() => edited('old, old', edit), /stands there 2 times/);
  });
});
