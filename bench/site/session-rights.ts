// SPDX-License-Identifier: Apache-2.0
import type { Lab } from '@countersign/lab';
import { NAMESPACE } from './gateway-config.ts';

/** What execs, copies and port-forwards take of the API server. */
export const SESSION_RULES = [
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['pods/exec', 'pods/portforward'], verbs: ['get', 'create'] },
];

/** Grants that to a group. */
export function sessionRights(group: string): Parameters<Lab['admin']['apply']>[0] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const metadata = { name: 'bench-sessions', namespace: NAMESPACE };
  const apiGroup = 'rbac.authorization.k8s.io';
  return [
    { apiVersion, kind: 'Role', metadata, rules: SESSION_RULES },
    {
      ...{ apiVersion, kind: 'RoleBinding', metadata },
      subjects: [{ apiGroup, kind: 'Group', name: group }],
      roleRef: { apiGroup, kind: 'Role', name: metadata.name },
    },
  ];
}
