// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { agentPath } from './agents-change.ts';
import { registerShow } from './control/register-show.ts';

const EXAMPLES = `
Example:
  countersign agents show reporter --control https://gateway.example:8445 --token-file operator-token

You need a role of the control API.
Exit codes: 0 shown, 1 refused or not there, 2 a file is missing, 3 wrong usage.`;

/** `countersign agents show`: what is registered of one agent. */
export function registerAgentsShow(agents: Command): void {
  registerShow(agents, {
    description: 'show what is registered of an agent',
    argument: ['<agent>', 'its id'],
    pathOf: agentPath,
    lines: async () => (await import('./agents/agent-text.ts')).agentLines,
    examples: EXAMPLES,
  });
}
