// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { agentPath } from './agents-change.ts';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Example:
  countersign agents show reporter --control https://gateway.example:8445 --token-file operator-token

You need a role of the control API.
Exit codes: 0 shown, 1 refused or not there, 2 a file is missing, 3 wrong usage.`;

interface ShowOptions extends ControlOptions {
  readonly output: 'text' | 'json';
}

async function showAgent(id: string, options: ShowOptions, print: (text: string) => void): Promise<void> {
  const [{ callControl }, { agentLines }, { asciiJson }] = await Promise.all([
    import('./control/call-control.ts'),
    import('./agents/agent-text.ts'),
    import('./evidence/printable.ts'),
  ]);
  const agent = await callControl({ ...options, method: 'GET', path: agentPath(id) });
  print(`${options.output === 'json' ? asciiJson(agent) : agentLines(agent).join('\n')}\n`);
}

/** `countersign agents show`: what is registered of one agent. */
export function registerAgentsShow(agents: Command): void {
  const command = agents
    .command('show')
    .description('show what is registered of an agent')
    .argument('<agent>', 'its id')
    .addOption(new Option('-o, --output <format>', 'format').choices(['text', 'json']).default('text'));
  addControlFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((id: string, options: ShowOptions) => runVerb(command, (print) => showAgent(id, options, print)));
}
