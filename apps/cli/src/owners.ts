// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { type Column, joined, type ListOptions, listItems, outputOption } from './control/list-items.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign owners list --control https://gateway.example:8445 --token-file operator-token
  countersign owners gone ada@example.com --reason "left in May" --control https://gateway.example:8445 \\
    --token-file operator-token
  countersign owners back ada@example.com --control https://gateway.example:8445 --token-file operator-token

Owners are who answers for agents, spelled as in the agents' entries. An identity provider doesn't tell the gateway who has
left: say it here, or let whatever knows it say it, by the same route of the control API.`;

const LIST_EXAMPLES = `
Example:
  countersign owners list --control https://gateway.example:8445 --token-file operator-token

You need the operator's or the auditor's role.
Exit codes: 0 listed, 1 refused, 2 a file is missing, 3 wrong usage.`;

const SAY_EXAMPLES = `
Examples:
  countersign owners gone ada@example.com --reason "left in May" --control https://gateway.example:8445 \\
    --token-file operator-token
  countersign agents update scribe --owner grace@example.com --control https://gateway.example:8445 \\
    --token-file operator-token
  countersign agents enable scribe --control https://gateway.example:8445 --token-file operator-token

Agents of an owner who is gone are refused at once, and what they have under way ends within a second. Those of the control API
are disabled besides: give each another owner, or say that theirs is back, and enable it again. Those of the configuration
file are let in again when it names another owner, or theirs is back. You need the operator's role.

Exit codes: 0 done, 1 refused, 2 a file is missing, 3 wrong usage.`;

const COLUMNS: readonly Column[] = [
  ['OWNER', ({ owner }) => String(owner)],
  ['STATE', ({ state }) => String(state)],
  ['LAST SEEN', ({ lastSeenAt }) => (lastSeenAt === undefined ? '-' : String(lastSeenAt))],
  ['AGENTS', ({ agents }) => joined(Array.isArray(agents) ? agents.map(String) : [])],
];

interface SayOptions extends ControlOptions {
  readonly reason?: string;
}

async function say(
  owner: string,
  state: 'gone' | 'present',
  options: SayOptions,
  print: (text: string) => void,
): Promise<void> {
  const { callControl } = await import('./control/call-control.ts');
  const { printable } = await import('./evidence/printable.ts');
  const body = { state, ...(options.reason === undefined ? {} : { reason: options.reason }) };
  const path = `/api/v1/owners/${encodeURIComponent(owner)}`;
  const { agents } = await callControl({ ...options, method: 'PUT', path, body });
  const theirs = joined(Array.isArray(agents) ? agents.map(String) : []);
  const what = state === 'gone' ? 'is gone; agents that are refused' : 'is back; agents of theirs';
  print(`${printable(owner)} ${what}: ${printable(theirs)}\n`);
}

/** `countersign owners list|gone|back`: who answers for agents. */
export function registerOwners(program: Command): void {
  const owners = program
    .command('owners')
    .description('see who answers for agents, and say who is gone')
    .addHelpText('after', EXAMPLES);
  const list = owners.command('list').description('list the owners of agents');
  addControlFlags(list)
    .addOption(outputOption())
    .addHelpText('after', LIST_EXAMPLES)
    .action((options: ListOptions) => runVerb(list, (print) => listItems('/api/v1/owners', COLUMNS, options, print)));
  for (const [verb, state, description] of [
    ['gone', 'gone', 'refuse and disable all agents of somebody who is gone'],
    ['back', 'present', 'say that somebody is there again'],
  ] as const) {
    const command = owners
      .command(verb)
      .description(description)
      .argument('<owner>', "as the agents' entries spell it");
    if (verb === 'gone') command.option('--reason <text>', 'why; it is sealed beside the record');
    addControlFlags(command)
      .addHelpText('after', SAY_EXAMPLES)
      .action((owner: string, options: SayOptions) => runVerb(command, (print) => say(owner, state, options, print)));
  }
}
