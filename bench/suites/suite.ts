// SPDX-License-Identifier: Apache-2.0
import type { Span } from '../report/profile-table.ts';
import type { Row } from '../report/row.ts';

/** How much a run does. */
export interface Effort {
  readonly rounds: number;
  readonly roundMs: number;
  readonly warmUpMs: number;
  /** Length of the Secret list, in bytes of JSON. */
  readonly listBytes: number;
  /** How many idle watches, in steps. */
  readonly watches: readonly number[];
  /** Divides the number of appends and of decisions. */
  readonly divisor: number;
}

export const EFFORTS = {
  quick: { rounds: 3, roundMs: 1_000, warmUpMs: 1_000, listBytes: 100_000_000, watches: [1_000], divisor: 5 },
  usual: { rounds: 3, roundMs: 3_000, warmUpMs: 2_000, listBytes: 100_000_000, watches: [1_000, 10_000], divisor: 1 },
  full: { rounds: 5, roundMs: 3_000, warmUpMs: 3_000, listBytes: 500_000_000, watches: [1_000, 10_000], divisor: 1 },
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
