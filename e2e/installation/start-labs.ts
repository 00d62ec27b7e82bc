// SPDX-License-Identifier: Apache-2.0
import { type Lab, startLab } from '@countersign/lab';
import type { AgentOptions } from './config-file.ts';

/** A cluster of an installation, by its name at the gateway. */
export interface ClusterOptions {
  /** Whether its lab has a node; default false. */
  readonly node?: boolean;
  /** Whether its lab speaks WebSocket for streams into pods; default true. */
  readonly webSockets?: boolean;
  /** Whether its lab has an aggregated API server; default false. */
  readonly aggregatedApi?: boolean;
  /** Cedar text of its policy set. */
  readonly policies: string;
  /** Whether the connector may do as an agent what `countersign clusters manifests` says and no more; else anything. */
  readonly shippedBound?: boolean;
  /** RBAC rules by group, in all namespaces; the groups of agents may read namespace `demo` and write its ConfigMaps anyway. */
  readonly rights?: Readonly<Record<string, readonly object[]>>;
}

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
/** So that what a test lets agents do stands in `rights` alone. */
const ANYTHING = [
  { apiGroups: ['*'], resources: ['*'], verbs: VERBS },
  { nonResourceURLs: ['*'], verbs: ['get', 'post', 'put', 'patch', 'delete'] },
];

/** Starts a lab for each cluster, side by side, where the groups of the cluster's agents have their rights. */
export async function startLabs(
  clusters: Readonly<Record<string, ClusterOptions>>,
  agents: Readonly<Record<string, AgentOptions>>,
): Promise<ReadonlyMap<string, Lab>> {
  const starting = Object.entries(clusters).map(async ([name, options]) => {
    const { node = false, aggregatedApi = false, webSockets = true, rights = {}, shippedBound = false } = options;
    const ids = Object.keys(agents).filter((id) => Object.hasOwn(agents[id]?.clusters ?? {}, name));
    const groups = [...new Set(ids.flatMap((id) => agents[id]?.clusters[name] ?? []))];
    const lab = await startLab({
      name,
      node,
      aggregatedApi,
      webSockets,
      seed: { agents: ids, groups, ...(shippedBound ? {} : { bound: ANYTHING }) },
    });
    for (const [group, rules] of Object.entries(rights)) await lab.admin.apply(groupRights(group, rules));
    return [name, lab] as const;
  });
  const settled = await Promise.allSettled(starting);
  const failed = settled.find((one) => one.status === 'rejected');
  if (!failed) return new Map(await Promise.all(starting));
  await Promise.all(settled.map((one) => one.status === 'fulfilled' && one.value[1].stop()));
  throw failed.reason;
}

function groupRights(group: string, rules: readonly object[]) {
  const metadata = { name: `e2e-${group.replaceAll(':', '-')}` };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group }];
  return [
    { apiVersion, kind: 'ClusterRole', metadata, rules },
    { apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects },
  ];
}
