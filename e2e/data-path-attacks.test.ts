// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertJoined } from './installation/assert-joined.ts';
import type { Answer } from './installation/call.ts';
import type { Caller } from './installation/caller.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const SECRETS = '/api/v1/namespaces/demo/secrets';

let site: Installation;
let agent: Caller;

before(async () => {
  site = await startInstallation({
    organisation: '@id("everything") permit (principal == Agent::"bold", action, resource in Namespace::"demo");',
    clusters: {
      lab: {
        policies: '// none of its own',
        rights: { 'countersign:bold': [{ apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['*'] }] },
      },
    },
    agents: { bold: { clusters: { lab: ['countersign:bold'] } } },
  });
  agent = site.as('bold');
});
after(() => site?.stop());

async function typesOf({ id }: Answer): Promise<string[]> {
  const records = await site.records();
  return records.flatMap(({ record }) => ('exchange' in record && record.exchange === id ? [record.type] : []));
}

const patch = (path: string, type: string, body: unknown) =>
  agent.call('PATCH', path, { contentType: `application/${type}`, body: JSON.stringify(body) });

test('no dry run of a JSON patch carries a masked value to where it is shown', async () => {
  // Short, and of a length whose base64 needs no padding: nothing of it looks like a value where it could end up.
  const stringData = { short: 'hunter', label: 'AsGoodAsALabel12' };
  const made = await agent.call('POST', SECRETS, { body: { metadata: { name: 'carried' }, stringData } });
  assert.equal(made.status, 201, made.text);
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u' };
  const attempts = [
    [
      { op: 'add', path: '/metadata/labels', value: {} },
      { op: 'copy', from: '/data/label', path: '/metadata/labels/x' },
    ],
    [
      { op: 'add', path: '/metadata/ownerReferences', value: [owner] },
      { op: 'copy', from: '/data/label', path: '/metadata/ownerReferences/0/name' },
    ],
    [
      { op: 'add', path: '/metadata/annotations', value: {} },
      { op: 'move', from: '/data/short', path: '/metadata/annotations/x' },
    ],
    [{ op: 'test', path: 'x/data/short', value: Buffer.from('hunter').toString('base64') }],
  ];
  for (const operations of attempts) {
    const answer = await patch(`${SECRETS}/carried?dryRun=All`, 'json-patch+json', operations);
    assert.equal(answer.status, 422, answer.text);
    for (const value of Object.values(stringData)) {
      assert.ok(!answer.text.includes(value) && !answer.text.includes(Buffer.from(value).toString('base64')));
    }
    assert.deepEqual(await typesOf(answer), ['refusal']);
  }
  const added = await patch(`${SECRETS}/carried`, 'json-patch+json', [
    { op: 'add', path: '/metadata/labels', value: { a: 'b' } },
  ]);
  assert.equal(added.status, 200, added.text);
});

test('a head that grows on its way upstream leaves the tunnel and what flows through it alone', async () => {
  const watch = await agent.open('GET', `${CONFIG_MAPS}?watch=true`);
  const before = await tunnelRecords();
  for (const target of [
    `${CONFIG_MAPS}?fieldManager=${':'.repeat(40_000)}`,
    `${CONFIG_MAPS}?fieldManager=${'['.repeat(55_000)}`,
    `${CONFIG_MAPS}?fieldManager=${':'.repeat(21_000)}`,
  ]) {
    const answer = await agent.call('POST', target, { body: { metadata: { name: 'grown' } } });
    assert.ok(answer.status >= 400 && answer.status < 500, answer.text);
  }
  const accept = Array.from({ length: 2_500 }, (_, i) => `*/*;as=a${i}`).join(',');
  const long = await agent.call('GET', SECRETS, { headers: { accept } });
  assert.equal(long.status, 400, long.text);
  assert.equal((await agent.call('GET', CONFIG_MAPS)).status, 200);
  assert.deepEqual(await tunnelRecords(), before);
  watch.close();
});

async function tunnelRecords(): Promise<string[]> {
  const types = (await site.records()).map(({ record }) => record.type);
  return types.filter((type) => type === 'connector.connected' || type === 'connector.disconnected');
}

test('no body keeps the gateway from others for long', async () => {
  const bodies: object[] = [
    { metadata: { name: 'slow' }, data: { a: '\\'.repeat(1_500_000) } },
    { metadata: { name: 'slow' }, data: { a: '\\u'.repeat(700_000) } },
    {
      metadata: {
        name: 'slow',
        labels: Object.fromEntries(Array.from({ length: 1_900 }, (_, i) => [`k${i}`, 'v'.repeat(1_400)])),
      },
    },
  ];
  for (const body of bodies) {
    const refused = agent.call('POST', '/api/v1/namespaces/elsewhere/configmaps', { body });
    const started = performance.now();
    assert.equal((await fetch(`${site.health}/livez`)).status, 200);
    assert.ok([400, 403].includes((await refused).status));
    assert.ok(performance.now() - started < 10_000);
  }
});

test('a write that is refused for its Accept is a refusal, not an intent that nobody knows the end of', async () => {
  const answer = await agent.call('POST', SECRETS, {
    headers: { accept: 'text/html' },
    body: { metadata: { name: 'unacceptable' } },
  });
  assert.equal(answer.status, 406, answer.text);
  assert.deepEqual(await typesOf(answer), ['refusal']);
});

test('an apply stores the text that was judged, whatever YAML makes of its characters', async () => {
  const data = { odd: 'x \u0085 y\u2028z\u2029\u007f\ufeff\u009f', '\u0061': 'plain' };
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'odd' }, data };
  const applied = await patch(`${CONFIG_MAPS}/odd?fieldManager=e2e`, 'apply-patch+yaml', body);
  assert.equal(applied.status, 201, applied.text);
  const { body: stored } = await site.lab('lab').admin.request('GET', `${CONFIG_MAPS}/odd`);
  assert.deepEqual(stored.data, data);
});

test('all of it joins with the audit log of the API server', async () => {
  await assertJoined(site, ['lab']);
});
