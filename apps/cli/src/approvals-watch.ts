// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import type { WatchOptions } from './approvals/watch-approvals.ts';
import { addControlFlags } from './control/control-flags.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign approvals watch --control https://gateway.example:8445 --token-file my-token
  countersign approvals watch -o json --control https://gateway.example:8445 --token-file my-token

First those that are open, then each that comes or changes, of those that you may see: an agent's own, with its token. It goes
on until you end it, and comes back by itself when the connection or the token ends; what came and ended in between
is in "approvals list --all". That you have seen one in detail is not on record by this.
Exit codes: 0 nobody reads any more, 1 refused, 2 a file is missing, 3 wrong usage.`;

/** `countersign approvals watch`: what waits, as it comes and goes. */
export function registerApprovalsWatch(approvals: Command): void {
  const command = approvals
    .command('watch')
    .description('print what waits for a countersignature as it comes and changes, a line each')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'));
  addControlFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((options: WatchOptions) =>
      runVerb(command, async (print) => {
        const { watchApprovals } = await import('./approvals/watch-approvals.ts');
        await watchApprovals(options, print, (note) => command.configureOutput().writeErr?.(note));
      }),
    );
}
