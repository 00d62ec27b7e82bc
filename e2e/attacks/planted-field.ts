// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { TREE } from '../installation/countersign.ts';
import { TreeCopy } from './plant.ts';
import type { Edit } from './weakening.ts';

/** What runs from a tree, and can run from another one. */
interface Restartable {
  restart(tree: string): Promise<void>;
}

/** A field that all tests of a file share. */
export interface PlantedField<F> {
  /** There from the first test on. */
  readonly field: F;
  /** Runs it from a copy of the tree with edits in it, which stand there until the returned value is disposed of. */
  plant(edits: readonly Edit[]): Promise<Disposable>;
}

/** Starts a field before the first test of a file, and stops it after the last. */
export function plantedField<F extends Restartable>(
  start: () => Promise<F>,
  stop: (field: F) => Promise<void>,
): PlantedField<F> {
  let field: F | undefined;
  let copy: TreeCopy | undefined;

  before(async () => {
    copy = new TreeCopy(TREE);
    field = await start();
  });
  after(async () => {
    if (field) await stop(field);
    copy?.[Symbol.dispose]();
  });

  return {
    get field() {
      return field ?? assert.fail('it is started before the first test');
    },
    async plant(edits) {
      assert.ok(field && copy);
      using planting = new DisposableStack();
      planting.use(copy.plant(edits));
      await field.restart(copy.dir);
      return planting.move();
    },
  };
}
