// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { registerStates } from './control/register-states.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign clusters register east --description "Payments, east" --control https://gateway.example:8445 \\
    --token-file operator-token
  countersign clusters update east --expires 2027-01-31T12:00:00Z --control https://gateway.example:8445 \\
    --token-file operator-token

What you don't name of a cluster stays as it is. Its policies are the folder clusters/NAME of the gateway's policy folder, as for
clusters of the configuration file: without it every request is refused. Then let agents call it (countersign agents
update --cluster) and connectors in (clusters join-token). Clusters of the configuration file are changed there. You
need the operator's role.

Exit codes: 0 done, 1 refused, 2 a file is missing, 3 wrong usage.`;

const STATE_EXAMPLES = `
Example:
  countersign clusters disable east --control https://gateway.example:8445 --token-file operator-token

Nobody calls a cluster that is disabled or removed: what is under way there ends within a second, its connectors are refused,
and its join tokens are good for nothing. Connectors come back by themselves when it is enabled
while their certificates last, eight hours at least; then each needs a new join token. When it is removed,
their certificates are revoked, and agents lose their entries for it. To stop a cluster of the gateway's configuration file,
lock it: countersign lock cluster NAME. You need the operator's role.

Exit codes: 0 done, 1 refused, 2 a file is missing, 3 wrong usage.`;

interface ClusterFlags {
  readonly description?: string;
  readonly expires?: string;
}

type ChangeOptions = ControlOptions & ClusterFlags;
type Print = (text: string) => void;
type Json = Readonly<Record<string, unknown>>;

export const clusterPath = (name: string) => `/api/v1/clusters/${encodeURIComponent(name)}`;

/** A cluster's entry, as the control API reads and writes it, with what the command line says of it. */
export function withClusterFlags(entry: Json, { description, expires }: ClusterFlags): Json {
  const { connectors: _, expiresAt, ...rest } = entry;
  const until = expires ?? expiresAt;
  return {
    ...rest,
    ...(description === undefined ? {} : { description }),
    ...(until === undefined || until === 'never' ? {} : { expiresAt: until }),
  };
}

async function register(name: string, options: ChangeOptions, print: Print): Promise<void> {
  const { callControl } = await import('./control/call-control.ts');
  const body = withClusterFlags({}, options);
  await callControl({ ...options, method: 'PUT', path: clusterPath(name), body, match: 'none' });
  print(`cluster ${name} is registered; its policies are the folder clusters/${name} of the gateway's policies\n`);
}

async function update(name: string, options: ChangeOptions, print: Print): Promise<void> {
  const { callForTag, callControl } = await import('./control/call-control.ts');
  const { answer, etag } = await callForTag({ ...options, method: 'GET', path: clusterPath(name) });
  const body = withClusterFlags(answer, options);
  await callControl({ ...options, method: 'PUT', path: clusterPath(name), body, match: etag });
  print(`cluster ${name} is changed\n`);
}

/** `countersign clusters register|update|disable|enable|remove`. */
export function registerClustersChange(clusters: Command): void {
  for (const [verb, description, work] of [
    ['register', 'let a cluster be called that the configuration file does not name', register],
    ['update', 'change what is registered of a cluster', update],
  ] as const) {
    const command = clusters
      .command(verb)
      .description(description)
      .argument('<cluster>', 'its name at the gateway')
      .option('--description <text>', 'what it is, for people')
      .option('--expires <time>', 'after this instant nobody may call it, such as 2027-01-31T12:00:00Z; or never');
    addControlFlags(command)
      .addHelpText('after', EXAMPLES)
      .action((name: string, options: ChangeOptions) => runVerb(command, (print) => work(name, options, print)));
  }
  registerStates(clusters, {
    noun: 'cluster',
    argument: ['<cluster>', 'its name at the gateway'],
    pathOf: clusterPath,
    examples: STATE_EXAMPLES,
  });
}
