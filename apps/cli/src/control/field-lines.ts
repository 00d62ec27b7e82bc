// SPDX-License-Identifier: Apache-2.0
import { printable } from '../evidence/printable.ts';

/** Facts in words, a line each, in printable ASCII. */
export function fieldLines(rows: readonly (readonly [what: string, text: unknown])[]): readonly string[] {
  return rows.map(([what, text]) => `${`${what}:`.padEnd(13)}${printable(String(text))}`);
}
