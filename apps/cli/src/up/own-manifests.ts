// SPDX-License-Identifier: Apache-2.0
import { agentGroupManifests, connectorManifests } from '@countersign/wire';
import { stringify } from 'yaml';
import { AGENT } from './prepare.ts';

const LABELS = { 'app.kubernetes.io/managed-by': 'countersign' };

function documents(manifests: readonly object[]): string {
  return manifests.map((manifest) => stringify(manifest, { aliasDuplicateObjects: false })).join('---\n');
}

/**
 * What a cluster of the user's own must allow, as YAML to apply: the connector to act as the agent, and the agent to read
 * a namespace.
 */
export function ownManifests(context: string): string {
  const { id, upstreamGroup: group, namespace } = AGENT;
  const serviceAccount = { namespace: 'countersign', name: 'connector' };
  return `# The connector, to act as agent ${id}. It works with the credential of context ${JSON.stringify(context)}: one that may act
# as anybody, such as an administrator's, needs none of this; for another, name its user as the subject of the binding.
${documents(connectorManifests({ serviceAccount, agents: [id], groups: [group], impersonation: 'constrained' }))}---
# Agent ${id}, to read namespace ${namespace} and to write ConfigMaps there.
${documents([
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: LABELS } },
  ...agentGroupManifests({ group, namespace }),
])}`;
}
