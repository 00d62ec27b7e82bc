// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { registerClusters } from './clusters.ts';
import { registerConfig } from './config.ts';
import { registerConnector } from './connector.ts';
import { registerCredential } from './credential.ts';
import { registerEvidence } from './evidence.ts';
import { registerGateway } from './gateway.ts';
import { registerKubeconfig } from './kubeconfig.ts';
import { registerPolicy } from './policy.ts';
import { registerUp } from './up.ts';

const USAGE = 3;

const EXAMPLES = `
Examples:
  countersign up                                      everything on this machine, with a cluster to try
  countersign evidence verify DIR --trust FILE        check a log offline
  countersign policy test policies                    run the cases of your policies

Each command has examples of its own: countersign COMMAND --help`;

const program = new Command('countersign')
  .description('A gateway between AI agents and the Kubernetes API: identified, judged, masked, on record.')
  .version(manifest.version)
  .showHelpAfterError('(add --help for what it takes)')
  .configureHelp({ sortSubcommands: true })
  .addHelpText('after', EXAMPLES)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE));

const verbs = [
  registerUp,
  registerGateway,
  registerConnector,
  registerCredential,
  registerKubeconfig,
  registerClusters,
  registerPolicy,
  registerEvidence,
  registerConfig,
];
for (const register of verbs) {
  register(program);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`countersign: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
