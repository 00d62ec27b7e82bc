// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign approvals show ID --control https://gateway.example:8445 --token-file my-token

What it would do is what the API server says it would, with values masked. That you have seen it is on record.
Exit codes: 0 shown, 1 refused or not there, 2 a file is missing, 3 wrong usage.`;

interface ShowOptions extends ControlOptions {
  readonly output: 'text' | 'json';
}

async function showApproval(id: string, options: ShowOptions, print: (text: string) => void): Promise<void> {
  const [{ callControl }, { approvalOf, approvalPath }, { approvalLines }, { asciiJson }] = await Promise.all([
    import('./control/call-control.ts'),
    import('./approvals/approval-of.ts'),
    import('./approvals/approval-text.ts'),
    import('./evidence/printable.ts'),
  ]);
  const approval = approvalOf(await callControl({ ...options, method: 'GET', path: approvalPath(id) }));
  print(`${options.output === 'json' ? asciiJson(approval) : approvalLines(approval).join('\n')}\n`);
}

/** `countersign approvals show`: who asks for what, why, and what it would do. */
export function registerApprovalsShow(approvals: Command): void {
  const command = approvals
    .command('show')
    .description('show who asks for what, by which rule, and what it would do')
    .argument('<approval>', 'its id')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'));
  addControlFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((id: string, options: ShowOptions) => runVerb(command, (print) => showApproval(id, options, print)));
}
