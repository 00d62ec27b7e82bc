// SPDX-License-Identifier: Apache-2.0
import { Option } from 'commander';
import type { ControlOptions } from './control-flags.ts';

export type Item = Readonly<Record<string, unknown>>;

/** One column of a table: its head, and what stands in it of an item. */
export type Column = readonly [head: string, of: (item: Item) => string];

export interface ListOptions extends ControlOptions {
  readonly output?: 'text' | 'json';
}

/** Words of a list, or a dash for none. */
export function joined(words: readonly string[]): string {
  return words.length === 0 ? '-' : words.join(', ');
}

/** A table in printable ASCII, its columns as wide as what is in them; the last is not filled up. */
function tableOf(columns: readonly Column[], items: readonly Item[], printable: (text: string) => string) {
  const rows = [columns.map(([head]) => head), ...items.map((item) => columns.map(([, of]) => printable(of(item))))];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}

/** Prints what a route of the control API lists, page by page: a table, or one JSON object a line. */
export async function listItems(
  path: string,
  columns: readonly Column[],
  options: ListOptions,
  print: (text: string) => void,
): Promise<void> {
  const [{ callControl }, { asciiJson, printable }, { CliError }] = await Promise.all([
    import('./call-control.ts'),
    import('../evidence/printable.ts'),
    import('../cli-error.ts'),
  ]);
  const items: Item[] = [];
  for (let after = ''; ; ) {
    const page = after === '' ? path : `${path}?after=${encodeURIComponent(after)}`;
    const { items: found, next } = await callControl({ ...options, method: 'GET', path: page });
    if (!Array.isArray(found)) throw new CliError(1, 'the gateway answered with something that is no list');
    items.push(...found);
    if (typeof next !== 'string' || next === after) break;
    after = next;
  }
  if (options.output === 'json') for (const item of items) print(`${asciiJson(item)}\n`);
  else print(tableOf(columns, items, printable));
}

export const outputOption = () =>
  new Option('-o, --output <format>', 'a table, or one JSON object a line').choices(['text', 'json']).default('text');
