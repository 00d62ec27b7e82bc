// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentGroupManifests, connectorManifests, type Manifest } from './rbac.ts';
import { WireError } from './wire-error.ts';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const serviceAccount = { namespace: 'countersign', name: 'connector' };

function rulesOf(manifests: readonly Manifest[]): readonly Rule[] {
  const role = manifests.find(({ kind }) => kind === 'ClusterRole' || kind === 'Role');
  assert.ok(role);
  return role.rules as readonly Rule[];
}

test('the connector impersonates the named agents and groups only', () => {
  const rules = rulesOf(connectorManifests({ serviceAccount, agents: ['b', 'a', 'a'], groups: ['countersign:demo'] }));
  assert.deepEqual(rules, [
    {
      apiGroups: [''],
      resources: ['users'],
      verbs: ['impersonate'],
      resourceNames: ['countersign:agent:a', 'countersign:agent:b'],
    },
    { apiGroups: [''], resources: ['groups'], verbs: ['impersonate'], resourceNames: ['countersign:demo'] },
    { nonResourceURLs: ['/openid/v1/jwks'], verbs: ['get'] },
  ]);
});

test('no agents and no groups leave no impersonation rule, because one without names would allow all', () => {
  const rules = rulesOf(connectorManifests({ serviceAccount, agents: [], groups: [] }));
  assert.deepEqual(rules, [{ nonResourceURLs: ['/openid/v1/jwks'], verbs: ['get'] }]);
});

test('extra keys are granted one by one', () => {
  const rules = rulesOf(
    connectorManifests({ serviceAccount, agents: [], groups: [], userExtras: ['countersign.example/session'] }),
  );
  assert.deepEqual(rules[0], {
    apiGroups: ['authentication.k8s.io'],
    resources: ['userextras/countersign.example/session'],
    verbs: ['impersonate'],
  });
});

test('names of the system and malformed names are refused', () => {
  const broken = [
    { serviceAccount, agents: ['a'], groups: ['system:masters'] },
    { serviceAccount, agents: ['a'], groups: [''] },
    { serviceAccount, agents: ['a'], groups: ['two,groups'] },
    { serviceAccount, agents: ['*'], groups: [] },
    { serviceAccount, agents: ['Upper'], groups: [] },
    { serviceAccount, agents: [], groups: [], userExtras: ['*'] },
    { serviceAccount: { namespace: '', name: 'x' }, agents: [], groups: [] },
  ];
  for (const grant of broken) {
    assert.throws(
      () => connectorManifests(grant),
      (error) => error instanceof WireError && error.code === 'ERR_WIRE_RBAC',
    );
  }
});

test('the group of agents gets no subresource that runs or forwards, and no wildcard among the core resources', () => {
  const rules = rulesOf(agentGroupManifests({ group: 'countersign:demo', namespace: 'demo' }));
  const core = rules.filter(({ apiGroups }) => apiGroups?.includes('') || apiGroups?.includes('*'));
  const resources = core.flatMap((rule) => rule.resources ?? []);
  assert.ok(resources.includes('secrets'));
  for (const name of ['*', 'pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy']) {
    assert.ok(!resources.includes(name), name);
  }
  const written = rules.filter(({ verbs }) => verbs.includes('create')).flatMap((rule) => rule.resources ?? []);
  assert.deepEqual(written, ['configmaps']);
});
