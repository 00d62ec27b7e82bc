// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { CliError } from './cli-error.ts';

/**
 * Runs a verb's work, which prints through `print`, to wherever `command` writes. A `CliError` becomes one line of its
 * error output and the exit code of the process; anything else goes on up.
 */
export async function runVerb(command: Command, work: (print: (text: string) => void) => Promise<void>): Promise<void> {
  const { writeOut, writeErr } = command.configureOutput();
  try {
    await work((text) => writeOut?.(text));
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    writeErr?.(`countersign: ${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}
