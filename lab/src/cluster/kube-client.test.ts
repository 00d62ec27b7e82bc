// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestPath } from './kube-client.ts';

test('the path of an object follows its group, kind and namespace', () => {
  const rbac = 'rbac.authorization.k8s.io/v1';
  assert.equal(
    manifestPath({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } }),
    '/api/v1/namespaces/demo',
  );
  assert.equal(
    manifestPath({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'demo' } }),
    '/api/v1/namespaces/demo/configmaps/a',
  );
  assert.equal(
    manifestPath({ apiVersion: rbac, kind: 'ClusterRole', metadata: { name: 'r' } }),
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/r',
  );
});
