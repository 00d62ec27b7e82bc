// SPDX-License-Identifier: Apache-2.0
import type { Span } from '../report/profile-table.ts';
import type { Row } from '../report/row.ts';

/** How much a run does. */
export interface Effort {
  /** What begins later is not begun; half as much again, and the run is broken off. */
  readonly limitMs: number;
  readonly rounds: number;
  readonly roundMs: number;
  readonly warmUpMs: number;
  /** Length of the Secret list, in bytes of JSON. */
  readonly listBytes: number;
  /** Length of the Secret list beside which gets are measured. */
  readonly besideBytes: number;
  /** How long an agent loops before it counts: longer than its burst lasts. */
  readonly loopWarmUpMs: number;
  /** How long memory is given to come to rest before and after watches open. */
  readonly settleMs: number;
  /** How many idle watches, in steps. */
  readonly watches: readonly number[];
  /** Divides the number of appends and of decisions. */
  readonly divisor: number;
}

const MB = 1_000_000;
const MINUTE = 60_000;

export const EFFORTS = {
  quick: {
    ...{ limitMs: 4 * MINUTE, rounds: 2, roundMs: 800, warmUpMs: 500, divisor: 5 },
    ...{ listBytes: 100 * MB, besideBytes: 100 * MB, loopWarmUpMs: 2_000, settleMs: 1_000, watches: [1_000] },
  },
  usual: {
    ...{ limitMs: 16 * MINUTE, rounds: 3, roundMs: 2_000, warmUpMs: 1_000, divisor: 1 },
    ...{ listBytes: 100 * MB, besideBytes: 500 * MB, loopWarmUpMs: 5_000, settleMs: 3_000, watches: [1_000, 10_000] },
  },
  full: {
    ...{ limitMs: 40 * MINUTE, rounds: 5, roundMs: 3_000, warmUpMs: 3_000, divisor: 1 },
    ...{ listBytes: 500 * MB, besideBytes: 500 * MB, loopWarmUpMs: 5_000, settleMs: 3_000, watches: [1_000, 10_000] },
  },
} as const satisfies Record<string, Effort>;

export interface SuiteContext {
  readonly effort: Effort;
  /** Where CPU profiles of the gateway go, if they are wanted. */
  readonly profileDir: string | undefined;
  /** One line for whoever waits. */
  readonly onProgress: (line: string) => void;
}

/** A goal that a suite can judge. */
export interface Verdict {
  readonly goal: string;
  readonly measured: string;
  readonly verdict: 'met' | 'missed' | 'not judged';
}

export interface SuiteResult {
  readonly rows: readonly Row[];
  /** What was checked, and what a reader must know to read the rows. */
  readonly notes: readonly string[];
  readonly verdicts: readonly Verdict[];
  /** When the gateway did what its profile is wanted of. */
  readonly profiled?: readonly Span[];
}

export type Suite = (context: SuiteContext) => Promise<SuiteResult>;
