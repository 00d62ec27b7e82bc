// SPDX-License-Identifier: Apache-2.0
import { ratioOf, spreadOf } from './statistics.ts';

/** One line of the report. */
export interface Row {
  /** Heading under which the line stands. */
  readonly group: string;
  readonly name: string;
  readonly unit: string;
  readonly result: Result;
}

export type Result =
  | {
      readonly kind: 'measured';
      readonly rounds: readonly number[];
      readonly median: number;
      readonly min: number;
      readonly max: number;
      readonly isNoisy: boolean;
      /** To the row that `of` names, measured in the same run; absent on rows that have no base. */
      readonly ratio?: { readonly of: string; readonly value: number };
    }
  /** Nothing was measured, or what was doesn't count: an error, an answer that wasn't 2xx, a peer that isn't here. */
  | { readonly kind: 'void' | 'not judged'; readonly why: string };

/** Rounds of one measurement, or why there are none. */
export type Rounds = readonly number[] | { readonly void: string } | { readonly notJudged: string };

function isRounds(rounds: Rounds): rounds is readonly number[] {
  return Array.isArray(rounds);
}

/** A row of rounds, its ratio taken to the rounds of a base. */
export function row(
  group: string,
  name: string,
  unit: string,
  rounds: Rounds,
  base?: { readonly of: string; readonly rounds: Rounds },
): Row {
  if (!isRounds(rounds)) {
    const [kind, why] =
      'void' in rounds ? (['void', rounds.void] as const) : (['not judged', rounds.notJudged] as const);
    return { group, name, unit, result: { kind, why } };
  }
  const ratio = base && isRounds(base.rounds) ? ratioOf(rounds, base.rounds) : undefined;
  const compared = base && ratio !== undefined ? { ratio: { of: base.of, value: ratio } } : {};
  return { group, name, unit, result: { kind: 'measured', rounds, ...spreadOf(rounds), ...compared } };
}

/** Each round of `one` with the same round of `other`; what either lacks, the result lacks. */
export function zipRounds(one: Rounds, other: Rounds, combine: (a: number, b: number) => number): Rounds {
  if (!isRounds(one)) return one;
  if (!isRounds(other)) return other;
  return one.flatMap((value, round) => {
    const beside = other[round];
    return beside === undefined ? [] : [combine(value, beside)];
  });
}
