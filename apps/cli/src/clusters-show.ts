// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { clusterPath } from './clusters-change.ts';
import { registerShow } from './control/register-show.ts';

const EXAMPLES = `
Example:
  countersign clusters show prod --control https://gateway.example:8445 --token-file operator-token

You need the operator's or the auditor's role.
Exit codes: 0 shown, 1 refused or not there, 2 a file is missing, 3 wrong usage.`;

/** `countersign clusters show`: what is registered of one cluster, and its connectors. */
export function registerClustersShow(clusters: Command): void {
  registerShow(clusters, {
    description: 'show what is registered of a cluster, with its connectors',
    argument: ['<cluster>', 'its name at the gateway'],
    pathOf: clusterPath,
    lines: async () => (await import('./clusters/cluster-text.ts')).clusterLines,
    examples: EXAMPLES,
  });
}
