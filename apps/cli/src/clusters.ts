// SPDX-License-Identifier: Apache-2.0
import { type Command, InvalidArgumentError } from 'commander';
import { runVerb } from './run-verb.ts';

const EXAMPLES = `
Example:
  countersign clusters manifests --config gateway.yaml prod | kubectl apply -f -

The connector may then act as these agents and groups, by name, and as nobody else. What agents may do is RBAC of yours:
bind roles to their groups. Exit codes: 0 printed, 2 the configuration can't be used, 3 wrong usage.`;

interface ManifestOptions {
  readonly config: string;
  readonly serviceAccount: { readonly namespace: string; readonly name: string };
}

function serviceAccount(text: string): ManifestOptions['serviceAccount'] {
  const [, namespace, name] = /^([a-z0-9-]{1,63})\/([a-z0-9.-]{1,253})$/.exec(text) ?? [];
  if (namespace === undefined || name === undefined) throw new InvalidArgumentError('it is NAMESPACE/NAME');
  return { namespace, name };
}

async function printManifests(cluster: string, options: ManifestOptions, print: (text: string) => void): Promise<void> {
  const [{ loadConfig, ConfigError }, { connectorManifests }, { stringify }, { CliError }] = await Promise.all([
    import('@countersign/gateway'),
    import('@countersign/wire'),
    import('yaml'),
    import('./cli-error.ts'),
  ]);
  const { config } = await loadConfig(options.config).catch((cause: unknown) => {
    throw cause instanceof ConfigError ? new CliError(2, cause.message, { cause }) : cause;
  });
  if (!config.clusters.some(({ name }) => name === cluster)) {
    throw new CliError(3, `${options.config} has no cluster ${JSON.stringify(cluster)}`);
  }
  const agents = config.agents.filter(({ clusters }) => clusters.some(({ name }) => name === cluster));
  const groups = agents.flatMap(({ clusters }) =>
    clusters.filter(({ name }) => name === cluster).flatMap((grant) => grant.groups),
  );
  const manifests = connectorManifests({
    serviceAccount: options.serviceAccount,
    agents: agents.map(({ id }) => id),
    groups: [...new Set(groups)],
  });
  print(manifests.map((manifest) => stringify(manifest)).join('---\n'));
}

/** `countersign clusters manifests`: the RBAC that a cluster must have for its connector. */
export function registerClusters(program: Command): void {
  const clusters = program.command('clusters').description('look after clusters behind a gateway');
  clusters
    .command('manifests')
    .description('print the RBAC that a connector needs in its cluster')
    .argument('<cluster>', 'its name in the configuration')
    .requiredOption('--config <file>', 'the gateway’s configuration, YAML')
    .option('--service-account <namespace/name>', 'the connector’s account', serviceAccount, {
      namespace: 'countersign',
      name: 'connector',
    })
    .addHelpText('after', EXAMPLES)
    .action((cluster: string, options: ManifestOptions, command: Command) =>
      runVerb(command, (print) => printManifests(cluster, options, print)),
    );
}
