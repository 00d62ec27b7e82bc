// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { addControlFlags } from './control/control-flags.ts';
import { type Column, type ListOptions, listItems, outputOption } from './control/list-items.ts';
import { missingText, scopeText, timeText } from './grants/grant-text.ts';
import { registerGrantsRequest } from './grants-request.ts';
import { registerGrantsSay } from './grants-say.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign grants request lab --verb exec --on pods --namespace demo --for 15m --reason "find out why web restarts" \\
    --control https://gateway.example:8445 --token-file agent-token
  countersign grants list --control https://gateway.example:8445 --token-file my-token
  countersign grants approve ID --control https://gateway.example:8445 --token-file my-token

A grant is an approval for a scope and a time, not for one request: what rules with @approval ask for in it goes on without
asking. It gives nothing that no rule permits.`;

const LIST_EXAMPLES = `
Example:
  countersign grants list --control https://gateway.example:8445 --token-file my-token

Approvers, operators and auditors see all, an agent its own; those that ended an hour ago are gone from here, and in the log.
Exit codes: 0 listed, 1 refused, 2 a file is missing, 3 wrong usage.`;

const COLUMNS: readonly Column[] = [
  ['ID', ({ id }) => String(id)],
  ['STATE', ({ state }) => String(state)],
  ['AGENT', ({ agent }) => String(agent)],
  ['CLUSTER', ({ cluster }) => String(cluster)],
  ['TIME', ({ seconds }) => timeText(seconds)],
  ['MISSING', ({ missing }) => missingText(missing)],
  ['FOR', ({ scope }) => scopeText(scope)],
];

/** `countersign grants …`: approvals for a scope and a time. */
export function registerGrants(program: Command): void {
  const grants = program
    .command('grants')
    .description('ask for a scope and a time, and sign, deny and revoke that')
    .addHelpText('after', EXAMPLES);
  registerGrantsRequest(grants);
  registerGrantsSay(grants);
  const list = grants.command('list').description('list the grants that are open, or have just ended');
  addControlFlags(list)
    .addOption(outputOption())
    .addHelpText('after', LIST_EXAMPLES)
    .action((options: ListOptions) => runVerb(list, (print) => listItems('/api/v1/grants', COLUMNS, options, print)));
}
