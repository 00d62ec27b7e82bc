// SPDX-License-Identifier: Apache-2.0
import { CliError } from '../cli-error.ts';

/**
 * The digest of what a person in a terminal has been shown, once they have said that they mean it; `shownBy` is the command
 * that shows it.
 * @throws CliError (3) where there is no terminal, (1) when they don't say yes
 */
export async function confirmed(what: string, digest: string, shownBy: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new CliError(3, `there is no terminal to ask in: say what you saw with --digest, which "${shownBy}" prints`);
  }
  const { createInterface } = await import('node:readline/promises');
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await reader.question(`Do you ${what} this? Type yes: `).finally(() => reader.close());
  if (answer.trim().toLowerCase() !== 'yes') throw new CliError(1, 'nothing was said: only yes is taken for one');
  return digest;
}
