// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from '../suites/suite.ts';
import type { Machine } from './machine.ts';
import type { Row } from './row.ts';

/** A whole run. */
export interface Report {
  readonly machine: Machine;
  readonly command: string;
  readonly seconds: number;
  /** Of the minute before, and of the last one. */
  readonly load: { readonly before: number; readonly after: number };
  readonly suites: readonly {
    readonly name: string;
    readonly rows: readonly Row[];
    readonly notes: readonly string[];
    readonly verdicts: readonly Verdict[];
  }[];
}

const NAME_WIDTH = 42;

function significant(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(size >= 1 ? 2 : 3);
}

/** At most 100 columns: name, value, unit, ratio, spread, flag. */
function formatRow({ name, unit, result }: Row): string {
  const label = `  ${name}`.padEnd(NAME_WIDTH);
  if (result.kind !== 'measured') return `${label}${result.kind}: ${result.why}`.slice(0, 100);
  const { median, min, max, isNoisy, ratio } = result;
  const value = `${significant(median).padStart(8)} ${unit.padEnd(5)}`;
  const compared = ratio === undefined ? '' : `x${significant(ratio.value)} ${ratio.of}`;
  const spread = `${significant(min)} – ${significant(max)}`;
  return `${label}${value}${compared.padEnd(18)}${spread.padStart(19)}${isNoisy ? ' noisy' : ''}`;
}

function formatSuite({ rows, notes }: Report['suites'][number]): string[] {
  const lines: string[] = [];
  let group = '';
  for (const row of rows) {
    if (row.group !== group) lines.push('', row.group);
    group = row.group;
    lines.push(formatRow(row));
  }
  return [...lines, ...notes.map((note) => `  ${note}`)];
}

function formatVerdicts(verdicts: readonly Verdict[]): string[] {
  if (verdicts.length === 0) return [];
  const lines = verdicts.map(({ goal, measured, verdict }) => `  ${verdict.padEnd(11)}${goal}: ${measured}`);
  return ['', 'Goals', ...lines];
}

/** For people: medians of the rounds, ratios of this one run, least and most. */
export function formatReport({ machine, command, load, seconds, suites }: Report): string {
  const lines = [
    `${command}: ${Math.round(seconds)} s; median of the rounds, ratio within the run, least – most;`,
    '"noisy": the rounds differ by more than 25 %. Ratios travel between machines, values do not.',
    `${machine.cores} cores of ${machine.processor}, ${machine.memoryGiB} GiB, ${machine.kernel}`,
    `Node ${machine.node}, OpenSSL ${machine.openssl}, nghttp2 ${machine.nghttp2}; load ${load.before} before, ${load.after} after`,
    ...suites.flatMap(formatSuite),
    ...formatVerdicts(suites.flatMap(({ verdicts }) => verdicts)),
    '',
  ];
  return lines.join('\n');
}
