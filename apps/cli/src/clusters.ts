// SPDX-License-Identifier: Apache-2.0
import type { ConnectorGrant, Manifest } from '@countersign/wire';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { registerClustersChange } from './clusters-change.ts';
import { registerClustersShow } from './clusters-show.ts';
import { addControlFlags, type ControlOptions } from './control/control-flags.ts';
import { type Column, joined, type ListOptions, listItems, outputOption } from './control/list-items.ts';
import { repeated } from './repeated.ts';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Examples:
  countersign clusters manifests --config gateway.yaml prod | kubectl apply -f -
  countersign clusters manifests --config gateway.yaml prod --api-group argoproj.io | kubectl apply -f -

The connector may then act as these agents and groups, by name, and as nobody else: to read the built-in kinds, to write
those of applications, and for custom resources of the groups that you name. What agents may do within that is RBAC of
yours: bind roles to their groups. This needs Kubernetes 1.36; for an older cluster, --legacy-impersonation grants whom
the connector may act as, but not for what. Never leave a legacy grant on a newer cluster: it lifts the limit.

Exit codes: 0 printed, 2 the configuration can't be used, 3 wrong usage.`;

const GROUP_EXAMPLES = `
Examples:
  countersign clusters manifests --config gateway.yaml prod | kubectl apply -f -
  countersign clusters join-token prod --control https://gateway.example:8445 --token-file operator-token \\
    --out join-token --ca-out tunnel-ca.pem
  countersign clusters list --control https://gateway.example:8445 --token-file operator-token
  countersign clusters register east --control https://gateway.example:8445 --token-file operator-token
  countersign clusters disable east --control https://gateway.example:8445 --token-file operator-token

Clusters are registered here, or in the gateway's configuration file.`;

interface ManifestOptions {
  readonly config: string;
  readonly serviceAccount: { readonly namespace: string; readonly name: string };
  readonly apiGroup?: readonly string[];
  readonly agent?: readonly string[];
  readonly group?: readonly string[];
  readonly legacyImpersonation?: true;
  readonly output: 'yaml' | 'json';
}

function serviceAccount(text: string): ManifestOptions['serviceAccount'] {
  const [, namespace, name] = /^([a-z0-9-]{1,63})\/([a-z0-9.-]{1,253})$/.exec(text) ?? [];
  if (namespace === undefined || name === undefined) throw new InvalidArgumentError('it is NAMESPACE/NAME');
  return { namespace, name };
}

function apiGroup(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(text))
    throw new InvalidArgumentError('it is an API group such as argoproj.io');
  return [...before, text];
}

async function printManifests(cluster: string, options: ManifestOptions, print: (text: string) => void): Promise<void> {
  const [{ loadConfig, ConfigError }, { agentBound, connectorManifests, WireError }, { stringify }, { CliError }] =
    await Promise.all([
      import('@countersign/gateway'),
      import('@countersign/wire'),
      import('yaml'),
      import('./cli-error.ts'),
    ]);
  const { config } = await loadConfig(options.config).catch((cause: unknown) => {
    throw cause instanceof ConfigError ? new CliError(2, cause.message, { cause }) : cause;
  });
  if (!config.clusters.some(({ name }) => name === cluster) && options.agent === undefined) {
    const advice = 'of one that is registered through the control API, name the agents with --agent';
    throw new CliError(3, `${options.config} has no cluster ${JSON.stringify(cluster)}; ${advice}`);
  }
  const agents = config.agents.filter(({ clusters }) => clusters.some(({ name }) => name === cluster));
  const groups = agents.flatMap(({ clusters }) =>
    clusters.filter(({ name }) => name === cluster).flatMap((grant) => grant.groups),
  );
  const grant: ConnectorGrant = {
    serviceAccount: options.serviceAccount,
    agents: [...new Set([...agents.map(({ id }) => id), ...(options.agent ?? [])])],
    groups: [...new Set([...groups, ...(options.group ?? [])])],
    impersonation: options.legacyImpersonation ? 'legacy' : 'constrained',
    bound: agentBound(options.apiGroup ?? []),
  };
  let manifests: readonly Manifest[];
  try {
    manifests = connectorManifests(grant);
  } catch (cause) {
    throw cause instanceof WireError ? new CliError(3, cause.message, { cause }) : cause;
  }
  print(
    options.output === 'json'
      ? `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests })}\n`
      : manifests.map((manifest) => stringify(manifest, { aliasDuplicateObjects: false })).join('---\n'),
  );
}

const JOIN_EXAMPLES = `
Example:
  countersign clusters join-token prod --control https://gateway.example:8445 --token-file operator-token \\
    --out join-token --ca-out tunnel-ca.pem

The token is good for 15 minutes and for one connector. You need the operator's role.
Exit codes: 0 written, 1 refused, 2 a file is missing or can't be written, 3 wrong usage.`;

interface JoinTokenOptions extends ControlOptions {
  readonly out: string;
  readonly caOut: string;
}

async function writeJoinToken(
  cluster: string,
  options: JoinTokenOptions,
  print: (text: string) => void,
): Promise<void> {
  const [{ callControl }, { writeOwnerFile }] = await Promise.all([
    import('./control/call-control.ts'),
    import('./kubeconfig/agent-kubeconfig.ts'),
  ]);
  const path = `/api/v1/clusters/${encodeURIComponent(cluster)}/join-tokens`;
  const { token, ca } = await callControl({ ...options, method: 'POST', path });
  await writeOwnerFile(options.out, `${String(token)}\n`);
  await writeOwnerFile(options.caOut, String(ca));
  print(`${options.out} holds a join token for cluster ${cluster}, ${options.caOut} the CA to trust the gateway by\n`);
}

function registerJoinToken(clusters: Command): void {
  const command = clusters
    .command('join-token')
    .description('get a single-use token with which a connector enrols')
    .argument('<cluster>', 'its name at the gateway')
    .requiredOption('--out <file>', 'write the token to this file, readable by its owner alone')
    .requiredOption('--ca-out <file>', 'write the CA of the tunnel listener to this file');
  addControlFlags(command)
    .addHelpText('after', JOIN_EXAMPLES)
    .action((cluster: string, options: JoinTokenOptions) =>
      runVerb(command, (print) => writeJoinToken(cluster, options, print)),
    );
}

const LIST_EXAMPLES = `
Example:
  countersign clusters list --control https://gateway.example:8445 --token-file operator-token

A cluster without a connector is registered, and can't be reached now. You need a role of the control API.
Exit codes: 0 listed, 1 refused, 2 a file is missing, 3 wrong usage.`;

interface Connected {
  readonly connector: string;
  readonly version: string;
}

const COLUMNS: readonly Column[] = [
  ['NAME', ({ name }) => String(name)],
  ['STATE', ({ state }) => String(state)],
  [
    'CONNECTORS',
    ({ connectors }) =>
      joined((connectors as readonly Connected[]).map(({ connector, version }) => `${connector} (${version})`)),
  ],
  ['DESCRIPTION', ({ description }) => String(description)],
];

function registerList(clusters: Command): void {
  const list = clusters.command('list').description('list the clusters that a gateway knows, with their connectors');
  addControlFlags(list)
    .addOption(outputOption())
    .addHelpText('after', LIST_EXAMPLES)
    .action((options: ListOptions) => runVerb(list, (print) => listItems('/api/v1/clusters', COLUMNS, options, print)));
}

/** `countersign clusters`: what a cluster needs before its connector can work. */
export function registerClusters(program: Command): void {
  const clusters = program
    .command('clusters')
    .description('see and register clusters, and let their connectors in')
    .addHelpText('after', GROUP_EXAMPLES);
  registerJoinToken(clusters);
  registerClustersChange(clusters);
  registerClustersShow(clusters);
  registerList(clusters);
  clusters
    .command('manifests')
    .description('print the RBAC that a connector needs in its cluster')
    .argument('<cluster>', 'its name in the configuration')
    .requiredOption('--config <file>', "the gateway's configuration, YAML")
    .addOption(
      new Option('--service-account <namespace/name>', "the connector's account")
        .argParser(serviceAccount)
        .default({ namespace: 'countersign', name: 'connector' }, 'countersign/connector'),
    )
    .option('--api-group <group>', 'custom resources of it too; may be repeated', apiGroup)
    .option('--agent <agent>', 'one that is registered through the control API; may be repeated', repeated)
    .option('--group <group>', 'a group that it has there; may be repeated', repeated)
    .option('--legacy-impersonation', 'for Kubernetes before 1.36')
    .addOption(
      new Option('-o, --output <format>', 'documents of YAML, or one List in JSON')
        .choices(['yaml', 'json'])
        .default('yaml'),
    )
    .addHelpText('after', EXAMPLES)
    .action((cluster: string, options: ManifestOptions, command: Command) =>
      runVerb(command, (print) => printManifests(cluster, options, print)),
    );
}
