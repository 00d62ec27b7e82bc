// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { type AgentFlags, addAgentFlags, withFlags } from './agents/agent-flags.ts';
import { CliError } from './cli-error.ts';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { registerStates } from './control/register-states.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign agents register scribe --owner ada@example.com --purpose "Writes release notes" --agent-issuer idp \\
    --subject scribe --cluster lab=writers --control https://gateway.example:8445 --token-file operator-token
  countersign agents update scribe --expires 2027-01-31T12:00:00Z --control https://gateway.example:8445 \\
    --token-file operator-token

What you don't name of an agent stays as it is; --group, --cluster and --expires take the place of what there was. It is in
force at once: what the agent has under way by its old entry ends. Its connector must be allowed to act as it too:
countersign clusters manifests. Agents of the gateway's configuration file are changed there. You need the operator's role.

Exit codes: 0 done, 1 refused, 2 a file is missing, 3 wrong usage.`;

const STATE_EXAMPLES = `
Example:
  countersign agents disable scribe --control https://gateway.example:8445 --token-file operator-token

Who is disabled or removed is refused from then on, and what it has under way ends within a second. To stop an agent of the
gateway's configuration file, lock it: countersign lock agent NAME. You need the operator's role.

Exit codes: 0 done, 1 refused, 2 a file is missing, 3 wrong usage.`;

type ChangeOptions = ControlOptions & AgentFlags;
type Print = (text: string) => void;

const NEEDED = [
  ['owner', '--owner'],
  ['purpose', '--purpose'],
  ['agentIssuer', '--agent-issuer'],
  ['subject', '--subject'],
] as const;

export const agentPath = (id: string) => `/api/v1/agents/${encodeURIComponent(id)}`;

async function register(id: string, options: ChangeOptions, print: Print): Promise<void> {
  const missing = NEEDED.filter(([key]) => options[key] === undefined).map(([, flag]) => flag);
  if (missing.length > 0) throw new CliError(3, `say who it is: ${missing.join(', ')}`);
  const { callControl } = await import('./control/call-control.ts');
  const body = withFlags({}, options);
  await callControl({ ...options, method: 'PUT', path: agentPath(id), body, match: 'none' });
  const note = options.cluster === undefined ? '; it may call no cluster yet: agents update --cluster' : '';
  print(`agent ${id} is registered${note}\n`);
}

async function update(id: string, options: ChangeOptions, print: Print): Promise<void> {
  const { callForTag, callControl } = await import('./control/call-control.ts');
  const { answer, etag } = await callForTag({ ...options, method: 'GET', path: agentPath(id) });
  const body = withFlags(answer, options);
  await callControl({ ...options, method: 'PUT', path: agentPath(id), body, match: etag });
  print(`agent ${id} is changed\n`);
}

/** `countersign agents register|update|disable|enable|remove`. */
export function registerAgentsChange(agents: Command): void {
  for (const [verb, description, work] of [
    ['register', 'let an agent in that the configuration file does not name', register],
    ['update', 'change what is registered of an agent', update],
  ] as const) {
    const command = agents.command(verb).description(description).argument('<agent>', 'its id');
    addControlFlags(addAgentFlags(command))
      .addHelpText('after', EXAMPLES)
      .action((id: string, options: ChangeOptions) => runVerb(command, (print) => work(id, options, print)));
  }
  registerStates(agents, {
    noun: 'agent',
    argument: ['<agent>', 'its id'],
    pathOf: agentPath,
    examples: STATE_EXAMPLES,
  });
}
