// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertJoined } from './installation/assert-joined.ts';
import { startCountersign } from './installation/countersign.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const SETTINGS = `${CONFIG_MAPS}/settings`;

let site: Installation;

before(async () => {
  const workload = { namespace: 'default', name: 'robot' };
  site = await startInstallation({
    clusters: {
      east: { policies: '@id("east-reads-and-writes") permit (principal is Agent, action, resource);' },
      west: {
        policies:
          '@id("west-reads") permit (principal is Agent, action in Action::"read", resource) when { resource.resource == "configmaps" };',
      },
    },
    agents: {
      both: { clusters: { east: ['countersign:eastern'], west: ['countersign:western'] } },
      eastern: { clusters: { east: ['countersign:eastern'] } },
      'east-robot': {
        clusters: { east: ['countersign:eastern'] },
        serviceAccount: { cluster: 'east', ...workload },
      },
      'west-robot': {
        clusters: { west: ['countersign:western'] },
        serviceAccount: { cluster: 'west', ...workload },
      },
    },
  });
  for (const name of ['east', 'west']) {
    const metadata = { name: 'robot', namespace: 'default' };
    await site.lab(name).admin.apply([{ apiVersion: 'v1', kind: 'ServiceAccount', metadata }]);
  }
});
after(() => site?.stop());

test('one agent has other rights on each cluster', async () => {
  const body = { metadata: { name: 'made-by-both' }, data: {} };
  const [east, west] = [site.as('both', { cluster: 'east' }), site.as('both', { cluster: 'west' })];
  assert.equal((await east.call('GET', SETTINGS)).status, 200);
  assert.equal((await west.call('GET', SETTINGS)).status, 200);
  const created = await east.call('POST', CONFIG_MAPS, { body });
  assert.equal(created.status, 201);
  const denied = await west.call('POST', CONFIG_MAPS, { body });
  assert.equal(denied.status, 403);
  assert.match(denied.json.message, /no policy permits it/);
  const digests = new Map<string, string>();
  for (const { record } of await site.records()) {
    if ('exchange' in record && 'decision' in record && record.decision)
      digests.set(String(record.exchange), record.decision.policyDigest);
  }
  assert.notEqual(digests.get(created.id), digests.get(denied.id));
  assert.equal((await site.lab('west').admin.request('GET', `${CONFIG_MAPS}/made-by-both`)).status, 404);
});

test('an agent of one cluster opens nothing on the other, and learns nothing of it', async () => {
  assert.equal((await site.as('eastern').call('GET', SETTINGS)).status, 200);
  const onWest = site.as('eastern', { cluster: 'west' });
  const messages = new Set<string>();
  for (const path of [SETTINGS, `${CONFIG_MAPS}/none`, '/version']) {
    const { status, json } = await onWest.call('GET', path);
    assert.equal(status, 403);
    messages.add(json.details.causes[0].message);
  }
  const nowhere = await site
    .as('eastern', { cluster: 'north', kubectl: site.lab('east').kubectl })
    .call('GET', SETTINGS);
  assert.equal(nowhere.status, 403);
  messages.add(nowhere.json.details.causes[0].message);
  assert.deepEqual([...messages], ['the agent is not registered for this cluster, or there is no such cluster']);
  const { code, stderr } = await onWest.kubectl('get', 'configmaps');
  assert.equal(code, 1);
  assert.match(stderr, /not registered for this cluster, or there is no such cluster/);
});

test('a service account of one cluster is nobody on the other', async () => {
  assert.equal((await site.as('east-robot').call('GET', SETTINGS)).status, 200);
  assert.equal((await site.as('west-robot').call('GET', SETTINGS)).status, 200);
  const across = [
    await site.as('west-robot', { cluster: 'east' }).call('GET', SETTINGS),
    await site.as('east-robot', { cluster: 'west' }).call('GET', SETTINGS),
  ];
  for (const { status } of across) assert.equal(status, 403);
});

test('a connector serves the cluster of its certificate, whatever it holds', async () => {
  const state = join(site.dir, 'connector-stray');
  await cp(join(site.dir, 'connector-east'), state, { recursive: true });
  await site.connectors.get('west')?.stop();
  const west = site.lab('west').connectorKubeconfig;
  const tunnel = `127.0.0.1:${site.config.listeners.tunnel.port}`;
  const stray = startCountersign('connector', '--gateway', tunnel, '--state', state, '--kubeconfig', west);
  try {
    await stray.stderr.find((line) => line.includes('"event":"connected"'));
    const answer = await site.as('both', { cluster: 'west' }).call('GET', SETTINGS);
    assert.equal(answer.status, 503);
    assert.equal(answer.headers['retry-after'], '2');
    assert.match(answer.json.message, /no connector of this cluster is connected to this gateway; nothing was sent/);
  } finally {
    await stray.stop();
  }
  await site.startConnector('west');
  assert.equal((await site.as('both', { cluster: 'west' }).call('GET', SETTINGS)).status, 200);
});

test('a join token lets one connector in, once, for its cluster', async () => {
  const { tokenFile, caFile } = await site.joinToken('east');
  const join_ = (state: string, token: string) =>
    startCountersign(
      'connector',
      ...['--gateway', `127.0.0.1:${site.config.listeners.tunnel.port}`, '--state', join(site.dir, state)],
      ...['--join-file', token, '--ca', caFile, '--kubeconfig', site.lab('west').connectorKubeconfig],
    );
  const first = join_('connector-first', tokenFile);
  const enrolled = await first.stderr.find((line) => line.includes('"event":"enrolled"'));
  assert.equal(JSON.parse(enrolled).cluster, 'east');
  await first.stop();
  const token = (await readFile(tokenFile, 'utf8')).trim();
  const forged = await site.file('forged-token', `${token.slice(0, -8)}AAAAAAAA`);
  for (const [state, file] of [
    ['connector-again', tokenFile],
    ['connector-forged', forged],
  ] as const) {
    const refused = join_(state, file);
    assert.equal(await refused.exited, 1);
    const { event, message } = JSON.parse(refused.stderr.all.at(-1) ?? '');
    assert.equal(event, 'failed');
    assert.match(message, /token/);
  }
});

test("a connector's certificate is nobody at the other listeners", async () => {
  const identity = JSON.parse(await readFile(join(site.dir, 'connector-east', 'identity.json'), 'utf8'));
  const ca = await readFile(site.caFile);
  for (const url of [`${site.data}/clusters/east${SETTINGS}`, `${site.control}/api/v1/clusters`]) {
    const outgoing = request(url, { ca, cert: identity.certificate, key: identity.key, agent: false });
    const [response] = await once(outgoing.end(), 'response');
    response.resume();
    assert.equal(response.statusCode, 401);
  }
});

test('the audit logs of both API servers and ours join', async (context) => {
  const { both, oneSided } = await assertJoined(site, ['east', 'west']);
  assert.ok(both >= 8);
  context.diagnostic(
    `kube-apiserver ${site.lab('east').version}: ${both} exchanges on both sides, ${oneSided} refused by us alone`,
  );
});
