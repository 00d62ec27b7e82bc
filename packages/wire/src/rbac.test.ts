// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentBound } from './agent-bound.ts';
import { agentGroupManifests, type ConnectorGrant, connectorManifests, type Manifest } from './rbac.ts';
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

const legacy = { serviceAccount, impersonation: 'legacy' } as const;
const constrained = { serviceAccount, impersonation: 'constrained' } as const;

test('before Kubernetes 1.36 the connector impersonates the named agents and groups only', () => {
  const rules = rulesOf(connectorManifests({ ...legacy, agents: ['b', 'a', 'a'], groups: ['countersign:demo'] }));
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
  const rules = rulesOf(connectorManifests({ ...constrained, agents: [], groups: [] }));
  assert.deepEqual(rules, [{ nonResourceURLs: ['/openid/v1/jwks'], verbs: ['get'] }]);
});

test('extra keys are granted one by one', () => {
  const rules = rulesOf(
    connectorManifests({ ...constrained, agents: [], groups: [], userExtras: ['countersign.example/session'] }),
  );
  assert.deepEqual(rules[0], {
    apiGroups: ['authentication.k8s.io'],
    resources: ['userextras/countersign.example/session'],
    verbs: ['impersonate:user-info'],
  });
});

test('names of the system and malformed names are refused', () => {
  const broken: readonly Partial<ConnectorGrant>[] = [
    { agents: ['a'], groups: ['system:masters'] },
    { agents: ['a'], groups: [''] },
    { agents: ['a'], groups: ['two,groups'] },
    { agents: ['*'], groups: [] },
    { agents: ['Upper'], groups: [] },
    { agents: [], groups: [], userExtras: ['*'] },
    { serviceAccount: { namespace: '', name: 'x' } },
    { agents: ['a'], bound: [{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }] },
  ];
  for (const grant of broken) {
    assert.throws(
      () => connectorManifests({ ...constrained, agents: [], groups: [], ...grant }),
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

test('from 1.36 on it impersonates them for what the bound holds, and holds no verb that acts by itself', () => {
  const bound = [
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'patch'] },
    { nonResourceURLs: ['/version'], verbs: ['get'] },
  ];
  const rules = rulesOf(connectorManifests({ ...constrained, agents: ['a'], groups: ['countersign:demo'], bound }));
  const group = ['authentication.k8s.io'];
  const verbs = ['impersonate:user-info'];
  assert.deepEqual(rules, [
    { apiGroups: group, resources: ['users'], verbs, resourceNames: ['countersign:agent:a'] },
    { apiGroups: group, resources: ['groups'], verbs, resourceNames: ['countersign:demo'] },
    {
      apiGroups: ['apps'],
      resources: ['deployments'],
      verbs: ['impersonate-on:user-info:get', 'impersonate-on:user-info:patch'],
    },
    { nonResourceURLs: ['/version'], verbs: ['impersonate-on:user-info:get'] },
    { nonResourceURLs: ['/openid/v1/jwks'], verbs: ['get'] },
  ]);
});

test('the bound names the core resources one by one, and leaves out what the baseline denies', () => {
  const rules = agentBound(['example.com']);
  const core = rules.filter(({ apiGroups }) => apiGroups?.includes('') || apiGroups?.includes('*'));
  const resources = core.flatMap((rule) => rule.resources ?? []);
  for (const name of ['*', 'pods/proxy', 'services/proxy', 'nodes/proxy', 'serviceaccounts/token', 'pods/binding']) {
    assert.ok(!resources.includes(name), name);
  }
  const writing = rules.filter(({ verbs }) => verbs.includes('create') && !verbs.includes('get'));
  const written = writing.flatMap(({ apiGroups = [], resources: names = [] }) =>
    apiGroups.flatMap((group) => names.map((name) => `${group}/${name}`)),
  );
  for (const name of ['/nodes', '/endpoints', '/persistentvolumes', 'rbac.authorization.k8s.io/*', 'apps/*']) {
    assert.equal(written.includes(name), name === 'apps/*', name);
  }
  assert.ok(rules.some(({ apiGroups, verbs }) => apiGroups?.includes('example.com') && verbs.includes('patch')));
});

test('the connectors of two gateways have cluster roles of their own', () => {
  const namesFor = (namespace: string) =>
    connectorManifests({ ...legacy, serviceAccount: { namespace, name: 'connector' }, agents: ['a'], groups: [] })
      .filter(({ kind }) => kind.startsWith('ClusterRole'))
      .map(({ metadata }) => metadata.name);
  assert.deepEqual(namesFor('one'), ['countersign:one:connector', 'countersign:one:connector']);
  assert.notDeepEqual(namesFor('one'), namesFor('two'));
});
