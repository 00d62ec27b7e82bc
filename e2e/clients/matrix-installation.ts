// SPDX-License-Identifier: Apache-2.0
import { type Installation, startInstallation } from '../installation.ts';
import { serveMetrics } from './pod-metrics.ts';

/** The group of all agents of the matrix. */
export const GROUP = 'countersign:runners';

const POLICIES = `
@id("runner-may-all")
permit (principal == Agent::"runner", action, resource);

@id("seer-reads")
@reveal
permit (principal == Agent::"seer", action in [Action::"read", Action::"non-resource"], resource);

@id("visitor-reads")
permit (principal == Agent::"visitor", action in [Action::"read", Action::"non-resource"], resource);

@id("runner-keeps-releases")
@reveal
permit (principal == Agent::"runner", action in Action::"read", resource)
when {
  resource.group == "" && resource.resource == "secrets" &&
  (resource.name like "sh.helm.release.v1.*" || context.labelSelector like "*owner=helm*")
};
`;
const EVERYTHING = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

/** Run direct, the JavaScript and the Python client impersonate users without groups. */
const USER_RIGHTS = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'runner-without-groups' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'countersign:agent:runner' }],
};

/**
 * A cluster with an aggregated API and metrics of pods, and agents with all rights there: `runner` may do everything and sees releases of
 * helm, `visitor` reads, `seer` reads in the clear.
 */
export async function startMatrixInstallation(): Promise<Installation> {
  const site = await startInstallation({
    clusters: { lab: { policies: POLICIES, rights: { [GROUP]: EVERYTHING }, aggregatedApi: true } },
    agents: {
      runner: { clusters: { lab: [GROUP] } },
      visitor: { clusters: { lab: [GROUP] } },
      seer: { clusters: { lab: [GROUP] } },
    },
    organisation: '// The baseline asks for countersignatures; here the clients are tested, not it.',
  });
  await site.lab('lab').admin.apply([USER_RIGHTS]);
  await serveMetrics(site.lab('lab'));
  return site;
}
