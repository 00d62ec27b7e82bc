// SPDX-License-Identifier: Apache-2.0
// Manifests that a body has within it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonBodyFormat, parseJson } from '@countersign/kube';
import { factsOf } from './facts-of.ts';
import type { ObjectFacts } from './object-facts.ts';

const CUSTOM = { group: 'work.example', resource: 'works' };

function facts(body: unknown, format: JsonBodyFormat = 'json'): ObjectFacts {
  return factsOf(format, parseJson(new TextEncoder().encode(JSON.stringify(body))), CUSTOM);
}

test('what a controller is to write shows by its kind; what only refers to an object does not', () => {
  const manifest = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'x' } };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } };
  const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x', namespace: 'y' };
  const spec = { scaleTargetRef: reference, workload: { manifests: [{ items: [manifest] }, pod] } };
  const found = facts({ apiVersion: 'work.example/v1', kind: 'Work', spec });
  assert.deepEqual(found.manifestKinds.toSorted(), ['/Pod', 'rbac.authorization.k8s.io/ClusterRoleBinding']);
  assert.deepEqual(found.manifestGroups.toSorted(), ['', 'rbac.authorization.k8s.io']);
  assert.deepEqual(facts({ spec: { env: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'x' } }] } }).manifestKinds, []);
});

test('a patch of a manifest shows, though it names its kind alone, or its version', () => {
  const kindsOf = (path: string, value: unknown) => facts([{ op: 'replace', path, value }], 'json-patch').manifestKinds;
  assert.deepEqual(kindsOf('/spec/manifests/0/kind', 'ClusterRole'), ['*/ClusterRole']);
  assert.deepEqual(kindsOf('/spec/manifests/0/apiVersion', 'apps/v1'), ['apps/*']);
  assert.deepEqual(kindsOf('/kind', 'Work'), []);
});

test('a manifest that two patches put together shows in the one that brings its version', () => {
  const kindsOf = (template: object) => facts({ spec: { template } }, 'merge-patch').manifestKinds;
  assert.deepEqual(kindsOf({ apiVersion: 'v1', data: { a: 'b' } }), ['/*']);
  assert.deepEqual(kindsOf({ apiVersion: 'rbac.authorization.k8s.io/v1', rules: [] }), ['rbac.authorization.k8s.io/*']);
  assert.deepEqual(kindsOf({ kind: 'Secret', group: 'x', name: 'y' }), []);
  assert.deepEqual(kindsOf({ apiVersion: 'v1', name: 'x', fieldPath: 'y' }), []);
  const managed = [{ apiVersion: 'v1', fieldsType: 'FieldsV1', manager: 'kubectl', operation: 'Update' }];
  assert.deepEqual(facts({ metadata: { name: 'x', managedFields: managed } }).manifestKinds, []);
});
