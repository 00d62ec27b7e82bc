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

const WIDTH = 80;
const NAME_WIDTH = 38;
const NOISY = '*';

function significant(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(size >= 1 ? 2 : 3);
}

/** Breaks a text at blanks, so that a terminal of 80 columns shows it whole; what follows the first line is set in. */
function wrapped(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    const isEmpty = line.trim() === '';
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent}  ${word}`;
    } else line = isEmpty ? `${line}${word}` : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Name, value, unit, ratio, spread, flag. */
function formatRow({ name, unit, result }: Row): string[] {
  const label = `  ${name}`.padEnd(NAME_WIDTH);
  if (result.kind !== 'measured') return wrapped(`${name}: ${result.kind}: ${result.why}`, '  ');
  const { median, min, max, isNoisy, ratio } = result;
  const value = `${significant(median).padStart(7)} ${unit.padEnd(4)}`;
  const compared = ratio === undefined ? '' : `x${significant(ratio.value)} ${ratio.of}`;
  const spread = min === max ? '' : `${significant(min)}–${significant(max)}`;
  return [`${label}${value} ${compared.padEnd(15)}${spread.padStart(13)}${isNoisy ? NOISY : ''}`.trimEnd()];
}

function formatSuite({ rows, notes }: Report['suites'][number]): string[] {
  const lines: string[] = [];
  let group = '';
  for (const row of rows) {
    if (row.group !== group) lines.push('', ...wrapped(row.group));
    group = row.group;
    lines.push(...formatRow(row));
  }
  return [...lines, ...notes.flatMap((note) => wrapped(note, '  '))];
}

function formatVerdicts(verdicts: readonly Verdict[]): string[] {
  if (verdicts.length === 0) return [];
  const lines = verdicts.flatMap(({ goal, measured, verdict }) => wrapped(`${verdict}: ${goal}: ${measured}`, '  '));
  return ['', 'Goals', ...lines];
}

/** For people, in 80 columns: medians of the rounds, ratios of this one run, least and most. */
export function formatReport({ machine, command, load, seconds, suites }: Report): string {
  const lines = [
    `${command}: ${Math.round(seconds)} s`,
    ...wrapped(
      `Median of the rounds, ratio within the run, least–most; ${NOISY} where the rounds differ by more than 25 %. Ratios travel between machines, values do not.`,
    ),
    ...wrapped(`${machine.cores} cores of ${machine.processor}, ${machine.memoryGiB} GiB, ${machine.kernel}`),
    ...wrapped(`Node ${machine.node}, OpenSSL ${machine.openssl}, nghttp2 ${machine.nghttp2}`),
    `Load of the machine over a minute: ${load.before} before, ${load.after} after`,
    ...suites.flatMap(formatSuite),
    ...formatVerdicts(suites.flatMap(({ verdicts }) => verdicts)),
    '',
  ];
  return lines.join('\n');
}
