// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { registerAgentsChange } from './agents-change.ts';
import { registerAgentsShow } from './agents-show.ts';
import { addControlFlags } from './control/control-flags.ts';
import { type Column, joined, type ListOptions, listItems, outputOption } from './control/list-items.ts';
import { runVerb } from './run-verb.ts';

const GROUP_EXAMPLES = `
Examples:
  countersign agents list --control https://gateway.example:8445 --token-file operator-token
  countersign agents register scribe --owner ada@example.com --purpose "Writes release notes" --agent-issuer idp \\
    --subject scribe --cluster lab=writers --control https://gateway.example:8445 --token-file operator-token
  countersign agents disable scribe --control https://gateway.example:8445 --token-file operator-token

Agents are registered here, or in the gateway's configuration file.`;

const EXAMPLES = `
Example:
  countersign agents list --control https://gateway.example:8445 --token-file operator-token

You need a role of the control API.
Exit codes: 0 listed, 1 refused, 2 a file is missing, 3 wrong usage.`;

const COLUMNS: readonly Column[] = [
  ['ID', ({ id }) => String(id)],
  ['STATE', ({ state }) => String(state)],
  ['OWNER', ({ owner }) => String(owner)],
  ['CLUSTERS', ({ clusters }) => joined(Object.keys(Object(clusters)))],
  ['EXPIRES', ({ expiresAt }) => (expiresAt === undefined ? '-' : String(expiresAt))],
  ['PURPOSE', ({ purpose }) => String(purpose)],
];

/** `countersign agents`: who is registered, and who is to be. */
export function registerAgents(program: Command): void {
  const agents = program
    .command('agents')
    .description('see which agents are registered, and register and change them')
    .addHelpText('after', GROUP_EXAMPLES);
  const list = agents.command('list').description('list the agents that a gateway knows');
  addControlFlags(list)
    .addOption(outputOption())
    .addHelpText('after', EXAMPLES)
    .action((options: ListOptions) => runVerb(list, (print) => listItems('/api/v1/agents', COLUMNS, options, print)));
  registerAgentsShow(agents);
  registerAgentsChange(agents);
}
