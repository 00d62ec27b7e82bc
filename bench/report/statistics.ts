// SPDX-License-Identifier: Apache-2.0

/** Rounds that differ by more than this share of their median make a row noisy. */
const NOISY_SHARE = 0.25;

/** What the rounds of one measurement say together. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** The rounds differ by more than a quarter of their median. */
  readonly isNoisy: boolean;
}

/**
 * The value below which `part` (0 to 1) of the values lie, by nearest rank: one of the values, never one between them.
 * @throws RangeError when there are none
 */
export function quantile(values: Iterable<number>, part: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = Math.min(sorted.length, Math.max(1, Math.ceil(part * sorted.length)));
  const value = sorted[rank - 1];
  if (value === undefined) throw new RangeError('a quantile of nothing');
  return value;
}

/** @throws RangeError when there are no rounds */
export function spreadOf(rounds: readonly number[]): Spread {
  const median = quantile(rounds, 0.5);
  const [min, max] = [Math.min(...rounds), Math.max(...rounds)];
  return { median, min, max, isNoisy: max - min > NOISY_SHARE * Math.abs(median) };
}

/** The median of each round's ratio to the base's round beside it, so that what slows both down cancels out. */
export function ratioOf(rounds: readonly number[], base: readonly number[]): number | undefined {
  const ratios = rounds.flatMap((value, round) => {
    const beside = base[round];
    return beside === undefined || beside === 0 ? [] : [value / beside];
  });
  return ratios.length === 0 ? undefined : quantile(ratios, 0.5);
}
