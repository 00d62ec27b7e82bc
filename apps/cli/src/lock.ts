// SPDX-License-Identifier: Apache-2.0
import { Argument, type Command } from 'commander';
import { CREDENTIAL_FLAGS, type CredentialOptions } from './credential/credential-source.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign lock agent reporter --reason "reads what it should not" --control https://gateway.example:8445 \\
    --token-file operator-token
  countersign lock owner ada@example.com --control https://gateway.example:8445 --token-file operator-token
  countersign lock agent reporter --off --control https://gateway.example:8445 --token-file operator-token

New requests are refused from then on, and what is under way ends within a second; a write that has been let through
goes on to its end. A lock stays until --off lifts it. A locked session's user gets no new one. You need the operator's role.
Exit codes: 0 done, 1 refused, 2 a file is missing, 3 wrong usage.`;

const KINDS = ['agent', 'owner', 'session', 'cluster'] as const;

interface LockOptions extends CredentialOptions {
  readonly control: string;
  readonly ca?: string;
  readonly reason: string;
  readonly off?: true;
}

async function runLock(kind: string, target: string, options: LockOptions, print: (text: string) => void) {
  const { callControl } = await import('./control/call-control.ts');
  if (options.off) {
    const path = `/api/v1/locks/${kind}/${encodeURIComponent(target)}`;
    await callControl({ ...options, method: 'DELETE', path });
    print(`${kind} ${target} is no longer locked\n`);
    return;
  }
  const body = { kind, target, reason: options.reason };
  const { ended } = await callControl({ ...options, method: 'POST', path: '/api/v1/locks', body });
  print(`${kind} ${target} is locked; exchanges that ended: ${Number(ended)}\n`);
}

/** `countersign lock`: stops an agent, an owner's agents, a session, or everything on a cluster, at once. */
export function registerLock(program: Command): void {
  const command = program
    .command('lock')
    .description("stop an agent, an owner's agents, a session or a whole cluster at once")
    .addArgument(new Argument('<kind>', 'what to lock').choices(KINDS))
    .argument('<name>', "id of the agent or session, the owner, or the cluster's name")
    .option('--off', 'lift the lock')
    .option('--reason <text>', 'why, for the record', '')
    .requiredOption('--control <url>', "the gateway's control listener, https://HOST:PORT")
    .option('--ca <file>', 'CA of that listener, PEM; default: the public ones');
  for (const [flags, description] of CREDENTIAL_FLAGS) command.option(flags, description);
  command
    .addHelpText('after', EXAMPLES)
    .action((kind: string, name: string, options: LockOptions) =>
      runVerb(command, (print) => runLock(kind, name, options, print)),
    );
}
