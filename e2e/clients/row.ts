// SPDX-License-Identifier: Apache-2.0

export type Client = 'kubectl' | 'helm' | 'client-go' | 'javascript' | 'python';

/** One command of a row, with its arguments. `NAMESPACE` within one is the namespace of its side, as in files. */
export type Step =
  | readonly string[]
  /**
   * Goes on beside the steps that follow, to its own end, or until its output matches; then it is ended. What matches must
   * be what a change brings: kubectl minds a signal only once it waits for changes, and dies of one before.
   */
  | {
      readonly watch: readonly string[];
      readonly until?: RegExp;
      /** It asks again and again instead of watching, so that the next step need not wait for a watch. */
      readonly polls?: true;
    }
  /** Runs in a terminal of 80 columns and 24 rows; what it gives is what that shows. */
  | { readonly terminal: readonly string[]; readonly acts: readonly Act[] };

/** What a person does at a terminal, once it shows something. */
export interface Act {
  /** Default: at once. */
  readonly after?: string;
  readonly types?: string;
  /** Draws the window to another size. */
  readonly size?: { readonly columns: number; readonly rows: number };
}

/** The arguments of a step. */
export function argsOf(step: Step): readonly string[] {
  if ('watch' in step) return step.watch;
  return 'terminal' in step ? step.terminal : step;
}

export const isInTerminal = ({ steps }: Row): boolean => steps.some((step) => 'terminal' in step);

/** One thing that people do with a client. */
export interface Row {
  /** What stands in the table, and what tells the row from others. */
  readonly name: string;
  readonly program: Client;
  readonly steps: readonly Step[];
  /** Files beside the client when it starts; an object is written as JSON. */
  readonly files?: Readonly<Record<string, string | object>>;
  /** Exit codes of the steps where they are not all 0; kubectl gives 1 when its watch is ended. */
  readonly codes?: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
  /** What each step reads from its standard input; default: nothing. */
  readonly stdin?: string;
  /** It stays open behind that, as that of a person does. */
  readonly keepsStdin?: true;
  /** The minor version of the kubectl that first has all of it; default: the oldest. */
  readonly since?: number;
}
