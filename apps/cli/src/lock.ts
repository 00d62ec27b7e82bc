// SPDX-License-Identifier: Apache-2.0
import { Argument, type Command } from 'commander';
import { CliError } from './cli-error.ts';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { type Column, type ListOptions, listItems, outputOption } from './control/list-items.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign lock agent reporter --reason "reads what it should not" --control https://gateway.example:8445 \\
    --token-file operator-token
  countersign lock owner ada@example.com --control https://gateway.example:8445 --token-file operator-token
  countersign lock agent reporter --off --control https://gateway.example:8445 --token-file operator-token
  countersign lock list --control https://gateway.example:8445 --token-file operator-token

New requests are refused from then on, and what is under way ends within a second; a write that has been let through
goes on to its end. A lock stays until --off lifts it. A locked session's user gets no new one. You need the operator's role.

An agent, owner, connector or cluster that the gateway does not know is locked all the same, so that whoever comes by that name is
refused: this is said, for it may be a misspelt name. A session must be going on. A locked connector loses its tunnel, and
what runs through it ends with that, writes too; requests go through others of its cluster.

Exit codes: 0 done, 1 refused, 2 a file is missing, 3 wrong usage.`;

const UNLOCK_EXAMPLES = `
Example:
  countersign unlock agent reporter --control https://gateway.example:8445 --token-file operator-token

As "lock --off" does. "lock list" shows what is locked. You need the operator's role.
Exit codes: 0 done, 1 refused or not locked, 2 a file is missing, 3 wrong usage.`;

const KINDS = ['agent', 'owner', 'session', 'connector', 'cluster'] as const;

const COLUMNS: readonly Column[] = [
  ['KIND', ({ kind }) => String(kind)],
  ['NAME', ({ target }) => String(target)],
  ['SINCE', ({ at }) => String(at)],
  ['BY', ({ by }) => String(by)],
  ['REASON', ({ reason }) => (reason === '' ? '-' : String(reason))],
];

interface LockOptions extends ListOptions {
  readonly reason: string;
  readonly off?: true;
}

type Print = (text: string) => void;

async function lift(kind: string, target: string, options: ControlOptions, print: Print): Promise<void> {
  const { callControl } = await import('./control/call-control.ts');
  const path = `/api/v1/locks/${kind}/${encodeURIComponent(target)}`;
  await callControl({ ...options, method: 'DELETE', path });
  print(`${kind} ${target} is no longer locked\n`);
}

async function runLock(kind: string, target: string | undefined, options: LockOptions, print: Print) {
  if (kind === 'list') {
    if (target !== undefined || options.off) throw new CliError(3, 'lock list takes no name, and no --off');
    return listItems('/api/v1/locks', COLUMNS, options, print);
  }
  if (target === undefined) throw new CliError(3, `name the ${kind}: countersign lock ${kind} NAME`);
  const { callControl } = await import('./control/call-control.ts');
  if (options.off) return lift(kind, target, options, print);
  const body = { kind, target, reason: options.reason };
  const { ended, known } = await callControl({ ...options, method: 'POST', path: '/api/v1/locks', body });
  print(`${kind} ${target} is locked; exchanges that ended: ${Number(ended)}\n`);
  if (known === false) print(`note: the gateway knows no ${kind} ${target} now: is the name right?\n`);
}

/** `countersign lock`: stops an agent, an owner's agents, a session, a connector, or everything on a cluster, at once. */
export function registerLock(program: Command): void {
  const command = program
    .command('lock')
    .description(
      "stop an agent, an owner's agents, a session, a connector or a whole cluster at once; list what is stopped",
    )
    .addArgument(new Argument('<kind>', 'what to lock; list shows all locks').choices([...KINDS, 'list']))
    .argument('[name]', "id of the agent, session or connector, the owner, or the cluster's name")
    .option('--off', 'lift the lock')
    .option('--reason <text>', 'why, for the record', '')
    .addOption(outputOption());
  addControlFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((kind: string, name: string | undefined, options: LockOptions) =>
      runVerb(command, (print) => runLock(kind, name, options, print)),
    );
}

/** `countersign unlock`: lifts a lock. */
export function registerUnlock(program: Command): void {
  const command = program
    .command('unlock')
    .description('lift a lock')
    .addArgument(new Argument('<kind>', 'what is locked').choices(KINDS))
    .argument('<name>', "id of the agent, session or connector, the owner, or the cluster's name");
  addControlFlags(command)
    .addHelpText('after', UNLOCK_EXAMPLES)
    .action((kind: string, name: string, options: ControlOptions) =>
      runVerb(command, (print) => lift(kind, name, options, print)),
    );
}
