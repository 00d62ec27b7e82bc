// SPDX-License-Identifier: Apache-2.0
import { queryBoolean, queryValue, queryValues, type ResourceRequest } from '@countersign/kube';
import type { CedarValue } from './engine.ts';

/** What a rule can name of an exec or an attach. */
export const sessionAttributes = ['container', 'tty', 'stdin', 'command', 'program', 'argv'] as const;

/** A word that a shell reads as itself. */
const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * An argv as one line, told apart from every other: `sh -c 'ls /tmp'`. Words of other than plain characters stand in
 * single quotes, as a POSIX shell reads them.
 */
export function commandLine(argv: readonly string[]): string {
  return argv.map((word) => (PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** What policy sees of an exec or an attach: all of it stands in the query. */
export function sessionFacts({
  subresource,
  query,
}: ResourceRequest): Partial<Record<(typeof sessionAttributes)[number], CedarValue>> {
  const terminal = {
    container: queryValue(query, 'container') ?? '',
    tty: queryBoolean(query, 'tty'),
    stdin: queryBoolean(query, 'stdin'),
  };
  if (subresource !== 'exec') return terminal;
  const argv = queryValues(query, 'command');
  return { ...terminal, command: commandLine(argv), program: argv[0] ?? '', argv: [...new Set(argv)] };
}
