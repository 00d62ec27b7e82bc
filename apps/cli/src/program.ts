// SPDX-License-Identifier: Apache-2.0
import type { Command, CommanderError, OutputConfiguration } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { registerAgents } from './agents.ts';
import { registerApprovals } from './approvals.ts';
import { registerBreakGlass } from './break-glass.ts';
import { registerClusters } from './clusters.ts';
import { registerCompletion } from './completion.ts';
import { registerConfig } from './config.ts';
import { registerConnector } from './connector.ts';
import { registerCredential } from './credential.ts';
import { registerEvidence } from './evidence.ts';
import { registerGateway } from './gateway.ts';
import { registerGrants } from './grants.ts';
import { registerKubeconfig } from './kubeconfig.ts';
import { registerLock, registerUnlock } from './lock.ts';
import { registerLogin } from './login.ts';
import { registerOwners } from './owners.ts';
import { registerPlan } from './plan.ts';
import { registerPolicy } from './policy.ts';
import { ProseCommand } from './prose-command.ts';
import { registerSessions } from './sessions.ts';
import { registerUp } from './up.ts';

const EXAMPLES = `
Examples:
  countersign up                                 all on this machine, to try
  countersign evidence verify DIR --trust FILE   check a log offline
  countersign policy test policies               run the cases of your policies

Each command has examples of its own: countersign COMMAND --help`;

const verbs = [
  registerUp,
  registerGateway,
  registerConnector,
  registerCredential,
  registerKubeconfig,
  registerLogin,
  registerApprovals,
  registerPlan,
  registerGrants,
  registerLock,
  registerUnlock,
  registerBreakGlass,
  registerClusters,
  registerAgents,
  registerOwners,
  registerPolicy,
  registerEvidence,
  registerSessions,
  registerConfig,
  registerCompletion,
];

/** Where a command line prints and how it ends, for all of its verbs. */
export interface ProgramOptions {
  /** Standard output and error when absent. */
  readonly output?: OutputConfiguration;
  /** Called instead of leaving the process: at usage errors, and after help and version. */
  readonly onExit?: (error: CommanderError) => never;
}

/** The whole command line, with nothing parsed and nothing run yet. */
export function createProgram({ output = {}, onExit }: ProgramOptions = {}): Command {
  const program = new ProseCommand('countersign')
    .description('A gateway between AI agents and the Kubernetes API: identified, judged, masked, on record.')
    .version(manifest.version)
    .showHelpAfterError('(add --help for what it takes)')
    .configureHelp({ sortSubcommands: true, minWidthToWrap: 20 })
    .configureOutput(output)
    .addHelpText('after', EXAMPLES);
  if (onExit) program.exitOverride(onExit);
  for (const register of verbs) register(program);
  return program;
}
