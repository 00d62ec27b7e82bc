// SPDX-License-Identifier: Apache-2.0
import type { Lab } from '@countersign/lab';

/** Lets whoever is in the group `countersign:operators` upstream exec and attach in the namespace `demo`. */
export async function grantSessions({ admin }: Lab): Promise<void> {
  await admin.apply([
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'sessions', namespace: 'demo' },
      rules: [
        { apiGroups: [''], resources: ['pods/exec', 'pods/attach'], verbs: ['get', 'create'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'sessions', namespace: 'demo' },
      subjects: [{ kind: 'Group', name: 'countersign:operators', apiGroup: 'rbac.authorization.k8s.io' }],
      roleRef: { kind: 'Role', name: 'sessions', apiGroup: 'rbac.authorization.k8s.io' },
    },
  ]);
}
