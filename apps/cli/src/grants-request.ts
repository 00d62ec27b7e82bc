// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { seconds } from './control/seconds.ts';
import { repeated } from './repeated.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign grants request lab --verb exec --on pods --namespace demo --for 15m --reason "find out why web restarts" \\
    --control https://gateway.example:8445 --issuer https://idp.example --client-id reporter --client-secret-file secret
  countersign grants request lab --verb delete --on configmaps --namespace demo --name drafts --for 10m \\
    --control https://gateway.example:8445 --token-file agent-token
  countersign grants request lab --verb delete --on pods --namespace demo --label app=web --control https://gateway.example:8445 \\
    --token-file agent-token
  countersign grants request lab --agent reporter --verb exec --on pods --namespace demo --reason "I let it look around"

For agents: with your own token; for owners of agents: with --agent. A grant gives what a rule with @approval asks for, within its scope and time, once as many
people as the rule wants have signed it; what no rule permits it does not give. Until then, and after, each request is
asked for by itself.
Exit codes: 0 asked, 1 refused, 2 a file is missing, 3 wrong usage.`;

interface RequestOptions extends ControlOptions {
  readonly verb: readonly string[];
  readonly on: readonly string[];
  readonly namespace: readonly string[];
  readonly name?: readonly string[];
  readonly label?: readonly string[];
  readonly agent?: string;
  readonly for: number;
  readonly reason: string;
}

async function request(cluster: string, options: RequestOptions, print: (text: string) => void): Promise<void> {
  const [{ callControl }, { grantLines }] = await Promise.all([
    import('./control/call-control.ts'),
    import('./grants/grant-text.ts'),
  ]);
  const { verb: verbs, on: resources, namespace: namespaces, name: names, label: labels } = options;
  const { for: time, agent, reason } = options;
  const body = { cluster, agent, verbs, resources, namespaces, names, labels, seconds: time, reason };
  const grant = await callControl({ ...options, method: 'POST', path: '/api/v1/grants', body });
  print(`${grantLines(grant).join('\n')}\n`);
}

/** `countersign grants request`: asks people for a scope and a time. */
export function registerGrantsRequest(grants: Command): void {
  const command = grants
    .command('request')
    .description('ask for a scope and a time, as an agent, or as the owner of one')
    .argument('<cluster>', 'where')
    .requiredOption('--verb <verb>', 'an action of policies: delete, exec, patch …; may be repeated', repeated)
    .requiredOption('--on <resource>', 'pods, deployments.apps, deployments.apps/scale; may be repeated', repeated)
    .requiredOption(
      '--namespace <namespace>',
      'where; may be repeated; "" for what names none: what the cluster has, and lists over all namespaces',
      repeated,
    )
    .option('--name <name>', 'default: any; may be repeated', repeated)
    .option(
      '--label <key=value>',
      'what the objects must have, before the request and after it; may be repeated, for objects that have all',
      repeated,
    )
    .option('--agent <id>', 'for which of your agents, as its owner; an agent asks for itself')
    .option('--for <time>', 'how long, once it is in force: 90s, 15m, 2h; at most 8h', seconds, 900)
    .option('--reason <text>', 'what for; approvers read it', '');
  addControlFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((cluster: string, options: RequestOptions) =>
      runVerb(command, (print) => request(cluster, options, print)),
    );
}
