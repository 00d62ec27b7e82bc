// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { ownManifests } from './own-manifests.ts';

test('what a cluster must allow can be applied as it stands: each namespace comes before what is in it', () => {
  const namespaces = new Set<string>();
  const kinds: string[] = [];
  for (const document of parseAllDocuments(ownManifests('staging: "x"'))) {
    assert.deepEqual(document.errors, []);
    const { kind, metadata } = document.toJS();
    if (kind === 'Namespace') namespaces.add(metadata.name);
    if (metadata.namespace) assert.ok(namespaces.has(metadata.namespace), `${kind} in ${metadata.namespace}`);
    kinds.push(kind);
  }
  assert.deepEqual([...new Set(kinds)].sort(), [
    'ClusterRole',
    'ClusterRoleBinding',
    'Namespace',
    'Role',
    'RoleBinding',
    'ServiceAccount',
  ]);
});
