// SPDX-License-Identifier: Apache-2.0
import type { Field } from './field.ts';

/** One thing that is tried for a row of the table of attacks. */
export interface Try {
  readonly row: number;
  readonly what: string;
  /** Rejects when the attack has come through, or when nobody can tell. */
  readonly run: (field: Field) => Promise<void>;
  /** What this machine lacks for it. */
  readonly unavailable?: string;
}

/** Tries of one row, by what each is. */
export function triesOf(row: number, tries: Readonly<Record<string, Try['run']>>): readonly Try[] {
  return Object.entries(tries).map(([what, run]) => ({ row, what, run }));
}
