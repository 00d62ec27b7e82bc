// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertJoined } from './installation/assert-joined.ts';
import type { Caller } from './installation/caller.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const POLICIES = `
@id("all") permit (principal, action, resource);
@id("no-protected")
forbid (principal, action in [Action::"update", Action::"patch", Action::"delete", Action::"log"], resource)
when { context has live && context.live.labels.contains({ key: "protected", value: "yes" }) };
@id("no-making") forbid (principal == Agent::"changer", action == Action::"create", resource);
`;

let site: Installation;
let clerk: Caller;

before(async () => {
  const names = ['configmaps', 'configmaps/status'];
  site = await startInstallation({
    organisation: '// the cluster has all',
    clusters: {
      lab: {
        policies: POLICIES,
        rights: {
          'countersign:clerks': [{ apiGroups: [''], resources: names, verbs: ['*'] }],
          'countersign:changers': [
            { apiGroups: [''], resources: ['configmaps', 'services'], verbs: ['*'] },
            { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['*'] },
          ],
          'countersign:blind': [{ apiGroups: [''], resources: ['limitranges'], verbs: ['patch', 'delete'] }],
        },
      },
    },
    agents: {
      clerk: { clusters: { lab: ['countersign:clerks'] } },
      changer: { clusters: { lab: ['countersign:changers'] } },
      blind: { clusters: { lab: ['countersign:blind'] } },
    },
  });
  clerk = site.as('clerk');
  const made = { metadata: { name: 'held', labels: { protected: 'yes' } } };
  assert.equal((await site.lab('lab').admin.request('POST', CONFIG_MAPS, made)).status, 201);
});
after(() => site?.stop());

const MERGE = 'application/merge-patch+json';

test('a rule about the live object holds for every change of it, and for the delete', async () => {
  const held = `${CONFIG_MAPS}/held`;
  const attempts = [
    ['PATCH', { metadata: { labels: { protected: 'no' } } }, MERGE],
    ['PUT', { metadata: { name: 'held' } }, undefined],
    ['PATCH', [{ op: 'remove', path: '/metadata/labels' }], 'application/json-patch+json'],
    ['DELETE', undefined, undefined],
  ] as const;
  for (const [method, body, contentType] of attempts) {
    const answer = await clerk.call(method, held, { body, ...(contentType ? { contentType } : {}) });
    assert.equal(answer.status, 403, answer.text);
    assert.match(answer.json.message, /no-protected/);
  }
  const free = await clerk.call('PATCH', `${CONFIG_MAPS}/settings`, { body: { data: { a: 'b' } }, contentType: MERGE });
  assert.equal(free.status, 200, free.text);
});

test('what does not exist has no live object: the API server answers', async () => {
  const missing = await clerk.call('DELETE', `${CONFIG_MAPS}/missing`);
  assert.equal(missing.status, 404, missing.text);
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' } };
  const target = `${CONFIG_MAPS}/applied?fieldManager=clerk`;
  const applied = await clerk.call('PATCH', target, { body, contentType: 'application/apply-patch+yaml' });
  assert.equal(applied.status, 201, applied.text);
});

test('each look is on record, as the agent, beside the exchange that it was made for', async () => {
  const { id } = await clerk.call('DELETE', `${CONFIG_MAPS}/held`);
  const read = await clerk.call('GET', `${CONFIG_MAPS}/held`);
  const looks = (await site.records()).flatMap(({ record }) => (record.type === 'upkeep' ? [record] : []));
  const [look, ...others] = looks.filter(({ parent }) => parent === id);
  assert.deepEqual([look?.purpose, look?.status, others.length], ['live-object', 200, 0]);
  assert.equal(look?.impersonated?.user, 'countersign:agent:clerk');
  assert.ok(!looks.some(({ parent }) => parent === read.id), 'no rule looks at what a get names');
  const events = (await site.audit('lab')).filter(({ auditID }) => auditID === look?.exchange);
  assert.deepEqual(
    [...new Set(events.map(({ verb, requestURI }) => `${verb} ${requestURI}`))],
    [`get ${CONFIG_MAPS}/held`],
  );
});

test("where the agent may not read the object, the write is refused, though the cluster's RBAC allows it", async () => {
  const { admin } = site.lab('lab');
  const limits = '/api/v1/namespaces/kube-public/limitranges';
  assert.equal((await admin.request('POST', limits, { metadata: { name: 'any' } })).status, 201);
  const answer = await site.as('blind').call('DELETE', `${limits}/any`);
  assert.equal(answer.status, 403, answer.text);
  assert.match(answer.json.message, /its decision depends on the live object.*RBAC/);
  assert.equal((await admin.request('GET', `${limits}/any`)).status, 200);
});

test('both logs join, looks included', async () => {
  const { both } = await assertJoined(site, ['lab']);
  assert.ok(both > 10);
});

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/demo/leases';
const APPLY = 'application/apply-patch+yaml';

test('who may not create makes no object by a put or an apply, and changes what is there by both', async () => {
  const [changer, { admin }] = [site.as('changer'), site.lab('lab')];
  const lease = (name: string, resourceVersion?: string) => ({
    ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, resourceVersion } },
  });
  const settings = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: 'b' } });
  const put = (name: string, resourceVersion?: string) =>
    changer.call('PUT', `${LEASES}/${name}`, { body: lease(name, resourceVersion) });
  const apply = (name: string) =>
    changer.call('PATCH', `${CONFIG_MAPS}/${name}?fieldManager=me`, { body: settings(name), contentType: APPLY });
  for (const answer of [await put('new'), await apply('new')]) {
    assert.equal(answer.status, 403, answer.text);
    assert.match(answer.json.message, /no-making/);
  }
  for (const target of [`${LEASES}/new`, `${CONFIG_MAPS}/new`])
    assert.equal((await admin.request('GET', target)).status, 404);
  const made = await admin.request('POST', LEASES, lease('there'));
  const { resourceVersion } = made.body.metadata;
  await admin.request('POST', CONFIG_MAPS, settings('there'));
  for (const answer of [await put('there', resourceVersion), await apply('there')])
    assert.equal(answer.status, 200, answer.text);
});
