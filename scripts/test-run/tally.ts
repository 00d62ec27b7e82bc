// SPDX-License-Identifier: Apache-2.0

/** A test that stands in a file but did not prove anything, and why. */
export interface NotRun {
  readonly file: string;
  /** Names from the outermost suite to the test, joined by ` › `. */
  readonly name: string;
  readonly reason: string;
}

/** What came out of one or more test runs. Skipped and to-do tests are in `notRun` alone. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly notRun: readonly NotRun[];
}

export function sumTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
    notRun: tallies.flatMap(({ notRun }) => notRun),
  };
}

/** The tests that were not run, a line each, and a last line such as `1127 passed, 0 failed`. */
export function formatTally({ passed, failed, notRun }: Tally): string {
  const head = notRun.length === 0 ? [] : [`NOT RUN: ${notRun.length} (these count as neither passed nor failed)`];
  const lines = notRun.map(({ file, name, reason }) => `  ${file}: ${name}: ${reason}`);
  return [...head, ...lines, `${passed} passed, ${failed} failed`].map((line) => `${line}\n`).join('');
}
