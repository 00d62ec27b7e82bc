// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { type Column, type ListOptions, listItems, outputOption } from './control/list-items.ts';
import { seconds } from './control/seconds.ts';
import { scopeText, timeText } from './grants/grant-text.ts';
import { repeated } from './repeated.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign break-glass open lab reporter --reason "the shop is down, nobody of platform can be reached" --for 15m \\
    --control https://gateway.example:8445 --token-file operator-token
  countersign break-glass open lab reporter --reason "roll web back" --verb patch --on deployments.apps --namespace demo \\
    --control https://gateway.example:8445 --token-file operator-token
  countersign break-glass list --control https://gateway.example:8445 --token-file operator-token
  countersign break-glass end ID --control https://gateway.example:8445 --token-file operator-token

For an emergency: what rules with @approval ask of an agent on a cluster, or within a scope of it, goes on without a
countersignature until the time is over. Nothing goes that no rule permits or that a rule forbids, and locks hold. Whoever is
to be told is told at once; each decision that it lets on names it on record. You need the operator's role, and must not be
the agent's owner.`;

const ENDING = `
Exit codes: 0 done, 1 refused, 2 a file is missing, 3 wrong usage.`;

const COLUMNS: readonly Column[] = [
  ['ID', ({ id }) => String(id)],
  ['STATE', ({ state }) => String(state)],
  ['AGENT', ({ agent }) => String(agent)],
  ['CLUSTER', ({ cluster }) => String(cluster)],
  ['TIME', ({ seconds: time }) => timeText(time)],
  ['FOR', ({ scope }) => (scope === undefined ? 'everything' : scopeText(scope))],
  ['BY', ({ openedBy }) => String(Object(openedBy).subject)],
  ['REASON', ({ reason }) => String(reason)],
];

interface OpenOptions extends ControlOptions {
  readonly reason: string;
  readonly for?: number;
  readonly verb?: readonly string[];
  readonly on?: readonly string[];
  readonly namespace?: readonly string[];
  readonly name?: readonly string[];
  readonly label?: readonly string[];
}

type Print = (text: string) => void;

/** All of a scope, or nothing of one. */
function scopeOf(options: OpenOptions): object | undefined {
  const { verb: verbs, on: resources, namespace: namespaces, name: names, label: labels } = options;
  if (!verbs && !resources && !namespaces && !names && !labels) return undefined;
  if (!verbs || !resources || !namespaces) throw new CliError(3, 'a scope takes --verb, --on and --namespace');
  return { verbs, resources, namespaces, names, labels };
}

async function open(cluster: string, agent: string, options: OpenOptions, print: Print): Promise<void> {
  const { callControl } = await import('./control/call-control.ts');
  const { reason, for: time } = options;
  const scope = scopeOf(options);
  const more = { ...(time === undefined ? {} : { seconds: time }), ...(scope === undefined ? {} : { scope }) };
  const body = { cluster, agent, reason, ...more };
  const { id, expiresAt } = await callControl({ ...options, method: 'POST', path: '/api/v1/break-glass', body });
  print(`break-glass ${String(id)} is open for ${agent} on ${cluster} until ${String(expiresAt)}\n`);
}

async function end(id: string, options: ControlOptions & { readonly reason: string }, print: Print): Promise<void> {
  const { callControl } = await import('./control/call-control.ts');
  const path = `/api/v1/break-glass/${encodeURIComponent(id)}/end`;
  await callControl({ ...options, method: 'POST', path, body: { reason: options.reason } });
  print(`break-glass ${id} is over\n`);
}

function registerOpen(breakGlass: Command): void {
  const command = breakGlass
    .command('open')
    .description('let an agent on without countersignatures, for a short time')
    .argument('<cluster>', 'where')
    .argument('<agent>', 'whom')
    .requiredOption('--reason <text>', 'why; it is on record')
    .option('--for <time>', 'how long: 90s, 15m, 1h; default: 15m, at most what the gateway allows', seconds)
    .option('--verb <verb>', 'of a scope: an action of policies; may be repeated', repeated)
    .option('--on <resource>', 'of a scope: pods, deployments.apps; may be repeated', repeated)
    .option('--namespace <namespace>', 'of a scope; may be repeated', repeated)
    .option('--name <name>', 'of a scope; default: any; may be repeated', repeated)
    .option('--label <key=value>', 'of a scope: what the objects must have, and keep; may be repeated', repeated);
  addControlFlags(command)
    .addHelpText('after', EXAMPLES + ENDING)
    .action((cluster: string, agent: string, options: OpenOptions) =>
      runVerb(command, (print) => open(cluster, agent, options, print)),
    );
}

function registerEnd(breakGlass: Command): void {
  const command = breakGlass
    .command('end')
    .description('end it at once, with what is under way by it')
    .argument('<id>', 'its id')
    .option('--reason <text>', 'why, for the record', '');
  addControlFlags(command)
    .addHelpText('after', EXAMPLES + ENDING)
    .action((id: string, options: ControlOptions & { readonly reason: string }) =>
      runVerb(command, (print) => end(id, options, print)),
    );
}

/** `countersign break-glass …`: what goes on without a countersignature in an emergency. */
export function registerBreakGlass(program: Command): void {
  const breakGlass = program
    .command('break-glass')
    .description('in an emergency: let an agent on without countersignatures, for a short time')
    .addHelpText('after', EXAMPLES);
  registerOpen(breakGlass);
  registerEnd(breakGlass);
  const list = breakGlass.command('list').description('list what is open, or has ended within the hour');
  addControlFlags(list)
    .addOption(outputOption())
    .addHelpText('after', EXAMPLES + ENDING)
    .action((options: ListOptions) =>
      runVerb(list, (print) => listItems('/api/v1/break-glass', COLUMNS, options, print)),
    );
}
