// SPDX-License-Identifier: Apache-2.0
import type { Try } from './try.ts';
import type { Weakening } from './weakening.ts';
import { requestWeakenings } from './weakenings/requests.ts';
import { sessionWeakenings } from './weakenings/sessions.ts';
import { standingWeakenings } from './weakenings/standing.ts';

export type { Weakening } from './weakening.ts';

/** Every weakening, row by row. */
export const weakenings: readonly Weakening[] = [
  ...requestWeakenings,
  ...standingWeakenings,
  ...sessionWeakenings,
].toSorted((a, b) => a.row - b.row);

/** Rows whose tries fail when something takes too long, so that a busy machine would turn them red without a weakening. */
export const TIMED_ROWS: readonly number[] = [25, 34];

/**
 * The tries that a weakening must turn red.
 * @throws TypeError when a name fits none
 */
export function triesNamed({ row, what, reddens }: Weakening, tries: readonly Try[]): readonly Try[] {
  return reddens.flatMap((name) => {
    const found = tries.filter((one) => one.row === row && one.what.startsWith(name));
    if (found.length === 0) throw new TypeError(`row ${row}, ${what}: there is no try ${JSON.stringify(name)}`);
    return found;
  });
}
