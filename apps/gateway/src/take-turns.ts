// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Does work that takes long in turns: between two of them others have theirs. */
export async function takeTurns<T>(work: Generator<void, T, void>): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await nextTurn();
  }
}
