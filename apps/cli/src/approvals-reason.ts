// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Example:
  countersign approvals reason ID "the pod has run out of disk, and restarts" --control https://gateway.example:8445 \\
    --token-file agent-token

For the agent that asked, with its own token: once, while the approval is pending, in 500 characters at most. Whoever is
asked reads it beside what it would do. They are your words, and on record as such.
Exit codes: 0 said, 1 refused or too late, 2 a file is missing, 3 wrong usage.`;

async function sayWhy(id: string, reason: string, options: ControlOptions, print: (text: string) => void) {
  const [{ callControl }, { approvalPath }] = await Promise.all([
    import('./control/call-control.ts'),
    import('./approvals/approval-of.ts'),
  ]);
  await callControl({ ...options, method: 'POST', path: `${approvalPath(id)}/reason`, body: { reason } });
  print(`whoever is asked for approval ${id} reads your reason\n`);
}

/** `countersign approvals reason`: why an agent asks. */
export function registerApprovalsReason(approvals: Command): void {
  const command = approvals
    .command('reason')
    .description('say why you ask: for the agent whose request waits')
    .argument('<approval>', 'its id')
    .argument('<text>', 'why');
  addControlFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((id: string, text: string, options: ControlOptions) =>
      runVerb(command, (print) => sayWhy(id, text, options, print)),
    );
}
