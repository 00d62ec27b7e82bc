// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { confirmed } from './control/confirmed.ts';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { runVerb } from './run-verb.ts';

interface SayOptions extends ControlOptions {
  readonly reason: string;
  readonly digest?: string;
  readonly unseen?: string;
}

interface Verb {
  readonly name: 'approve' | 'deny' | 'withdraw';
  readonly description: string;
  readonly note: string;
}

const VERBS: readonly Verb[] = [
  {
    name: 'approve',
    description: 'countersign a request: it goes through once',
    note: 'A request that waits goes on at once; one that does not is let through when it is sent again, until the approval ends.',
  },
  {
    name: 'deny',
    description: 'deny a request: who sent it is told your reason',
    note: 'The reason is what the agent reads: say what to do instead.',
  },
  {
    name: 'withdraw',
    description: 'take an approval back that has not been used',
    note: 'What has been used can not be taken back.',
  },
];

function examplesOf({ name, note }: Verb): string {
  return `
Examples:
  countersign approvals ${name} ID --control https://gateway.example:8445 --token-file my-token

In a terminal you see what you answer, and are asked. Elsewhere say what you saw: --digest, which "approvals show" prints,
and --unseen, where that says that not all could be shown. ${note}
Exit codes: 0 done, 1 refused or too late, 2 a file is missing, 3 wrong usage.`;
}

async function say({ name }: Verb, id: string, options: SayOptions, print: (text: string) => void): Promise<void> {
  const [{ callControl }, { approvalOf, approvalPath }, { approvalLines }] = await Promise.all([
    import('./control/call-control.ts'),
    import('./approvals/approval-of.ts'),
    import('./approvals/approval-text.ts'),
  ]);
  const path = approvalPath(id);
  const seen = approvalOf(await callControl({ ...options, method: 'GET', path }));
  print(`${approvalLines(seen).join('\n')}\n\n`);
  const digest = options.digest ?? (await confirmed(name, seen.digest, 'approvals show'));
  const body = { digest, reason: options.reason, unseen: Number(options.unseen ?? 0) };
  const { state, missing } = approvalOf(
    await callControl({ ...options, method: 'POST', path: `${path}/${name}`, body }),
  );
  const wanted = missing.map(({ group, count }) => `${count} of ${group}`).join(' and ');
  print(state === 'pending' ? `countersigned; still missing: ${wanted}\n` : `approval ${id} is ${state}\n`);
}

/** `countersign approvals approve|deny|withdraw`. */
export function registerApprovalsSay(approvals: Command): void {
  for (const verb of VERBS) {
    const command = approvals
      .command(verb.name)
      .description(verb.description)
      .argument('<approval>', 'its id')
      .option('--reason <text>', 'why, for the record and for who asked', '')
      .option('--digest <hex>', 'digest of what you saw, instead of being asked');
    if (verb.name === 'approve') {
      command.option('--unseen <count>', 'how many changes you know that you could not be shown');
    }
    addControlFlags(command)
      .addHelpText('after', examplesOf(verb))
      .action((id: string, options: SayOptions) => runVerb(command, (print) => say(verb, id, options, print)));
  }
}
