// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertJoined } from './installation/assert-joined.ts';
import type { Caller } from './installation/caller.ts';
import { type Installation, startInstallation } from './installation.ts';

const POLICIES = `
@id("maker-works")
permit (principal == Agent::"maker", action, resource);
@id("maker-makes-no-privileged-pods")
forbid (principal == Agent::"maker", action == Action::"create", resource) when { context.object.privileged };
@id("maker-starts-no-foreign-images")
forbid (principal == Agent::"maker", action == Action::"create", resource) when { context.object.registries.contains("evil.example") };
`;

let site: Installation;
let maker: Caller;

before(async () => {
  site = await startInstallation({
    organisation: '// what bodies hold is judged by the rules below',
    clusters: { lab: { policies: POLICIES } },
    agents: { maker: { clusters: { lab: ['countersign:makers'] } } },
  });
  maker = site.as('maker');
  const { admin } = site.lab('lab');
  const rules = [
    {
      apiGroups: [''],
      resources: ['configmaps', 'secrets', 'services', 'pods', 'serviceaccounts', 'resourcequotas'],
      verbs: ['*'],
    },
    { apiGroups: ['apps', 'batch', 'autoscaling', 'policy', 'networking.k8s.io'], resources: ['*'], verbs: ['*'] },
  ];
  const metadata = { name: 'maker', namespace: 'demo' };
  const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'maker' };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'countersign:makers' }];
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/demo';
  assert.equal((await admin.request('POST', `${rbac}/roles`, { metadata, rules })).status, 201);
  assert.equal(
    (await admin.request('POST', `${rbac}/rolebindings`, { metadata, roleRef: role, subjects })).status,
    201,
  );
});
after(() => site?.stop());

const made: readonly (readonly [args: string, says: RegExp])[] = [
  ['create configmap typed --from-literal=a=b', /^configmap\/typed created$/m],
  ['create secret generic typed --from-literal=password=correct-horse', /^secret\/typed created$/m],
  ['create serviceaccount typed', /^serviceaccount\/typed created$/m],
  ['create deployment typed --image=registry.example/web:1 --replicas=0', /^deployment.apps\/typed created$/m],
  ['create job typed --image=registry.example/web:1 -- true', /^job.batch\/typed created$/m],
  ['create cronjob typed --image=registry.example/web:1 --schedule=@daily -- true', /^cronjob.batch\/typed created$/m],
  ['create service clusterip typed --tcp=80:8080', /^service\/typed created$/m],
  ['create ingress typed --rule=a.example/=typed:80', /^ingress.networking.k8s.io\/typed created$/m],
  ['create quota typed --hard=services=9,requests.storage=1500Mi', /^resourcequota\/typed created$/m],
  [
    'create poddisruptionbudget typed --selector=app=typed --min-available=50%',
    /^poddisruptionbudget.policy\/typed created$/m,
  ],
  ['run typed --image=registry.example/web:1', /^pod\/typed created$/m],
  ['expose deployment typed --name=exposed --port=80', /^service\/exposed exposed$/m],
  ['scale deployment typed --replicas=1', /^deployment.apps\/typed scaled$/m],
  ['autoscale deployment typed --min=1 --max=3 --cpu=80%', /^horizontalpodautoscaler.autoscaling\/typed autoscaled$/m],
];

for (const [args, says] of made) {
  test(`kubectl ${args}`, async () => {
    const { code, stdout, stderr } = await maker.kubectl(...args.split(' '));
    assert.equal(code, 0, stderr);
    assert.match(stdout, says);
  });
}

test('what was made is what kubectl meant', async () => {
  const { admin } = site.lab('lab');
  const at = async (path: string) => (await admin.request('GET', path)).body;
  assert.deepEqual((await at('/api/v1/namespaces/demo/configmaps/typed')).data, { a: 'b' });
  const secret = await at('/api/v1/namespaces/demo/secrets/typed');
  assert.equal(Buffer.from(secret.data.password, 'base64').toString(), 'correct-horse');
  assert.deepEqual((await at('/api/v1/namespaces/demo/resourcequotas/typed')).spec.hard, {
    services: '9',
    'requests.storage': '1500Mi',
  });
  const budget = await at('/apis/policy/v1/namespaces/demo/poddisruptionbudgets/typed');
  assert.equal(budget.spec.minAvailable, '50%');
});

test('a body in protobuf is judged like any other', async () => {
  const refused = await maker.kubectl('run', 'foreign', '--image=evil.example/x');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /forbidden by rule maker-starts-no-foreign-images/);
  const privileged = await maker.kubectl('run', 'strong', '--image=registry.example/x', '--privileged');
  assert.match(privileged.stderr, /forbidden by rule maker-makes-no-privileged-pods/);
});

test('a body that is not the protobuf it says it is comes back with why', async () => {
  const contentType = 'application/vnd.kubernetes.protobuf';
  for (const [body, status, says] of [
    [Buffer.from('k8s\0'), 400, /there is no object in it/],
    [Buffer.from('{}'), 400, /does not begin as such/],
    [Buffer.from('azhzAAoKCgJ2MRIEVGhpbhIA', 'base64'), 415, /only built-in kinds .* send application\/json/],
  ] as const) {
    const answer = await maker.call('POST', '/api/v1/namespaces/demo/configmaps', { contentType, body });
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.json.message, says);
  }
});

test('the API server saw what is on record, and nothing else', async () => {
  const { both } = await assertJoined(site, ['lab']);
  assert.ok(both > made.length, String(both));
});
