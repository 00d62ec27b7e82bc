// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign approvals list --control https://gateway.example:8445 --token-file my-token
  countersign approvals list --all -o json --control https://gateway.example:8445 --token-file my-token

Approvers see what their groups may countersign, operators and auditors all. A line each, oldest first.
Exit codes: 0 listed, 1 refused, 2 a file is missing, 3 wrong usage.`;

interface ListOptions extends ControlOptions {
  readonly all?: true;
  readonly output: 'text' | 'json';
}

async function listApprovals(options: ListOptions, print: (text: string) => void): Promise<void> {
  const [{ callControl }, { approvalOf }, { approvalLine }, { asciiJson }] = await Promise.all([
    import('./control/call-control.ts'),
    import('./approvals/approval-of.ts'),
    import('./approvals/approval-text.ts'),
    import('./evidence/printable.ts'),
  ]);
  for (let after = ''; ; ) {
    const query = new URLSearchParams({ state: options.all ? 'all' : 'open', after });
    const { items, next } = await callControl({ ...options, method: 'GET', path: `/api/v1/approvals?${query}` });
    for (const item of Array.isArray(items) ? items.map(approvalOf) : [])
      print(`${options.output === 'json' ? asciiJson(item) : approvalLine(item)}\n`);
    if (typeof next !== 'string' || next <= after) return;
    after = next;
  }
}

/** `countersign approvals list`: what waits, one line each. */
export function registerApprovalsList(approvals: Command): void {
  const command = approvals
    .command('list')
    .description('list what waits for a countersignature, or has one that is not used yet')
    .option('--all', 'also those that have ended')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'));
  addControlFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((options: ListOptions) => runVerb(command, (print) => listApprovals(options, print)));
}
