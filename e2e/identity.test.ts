// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertJoined } from './installation/assert-joined.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const SETTINGS = `${CONFIG_MAPS}/settings`;

const POLICIES = `
@id("everything-but-for-masters")
permit (principal is Agent, action, resource)
unless { principal in Group::"system:masters" };
`;

let site: Installation;

before(async () => {
  const clusters = { lab: ['countersign:readers'] };
  site = await startInstallation({
    clusters: { lab: { policies: POLICIES } },
    agents: {
      reader: { clusters },
      pretender: { clusters, claimedGroups: ['system:masters', 'countersign:robots'] },
      late: { clusters },
      dormant: { clusters },
      robot: {
        clusters: { lab: ['countersign:robots'] },
        serviceAccount: { cluster: 'lab', namespace: 'demo', name: 'robot' },
      },
    },
    configure: ({ agents = [], ...config }) => ({
      ...config,
      agents: agents.map((agent) => ({
        ...agent,
        ...(agent.id === 'late' ? { expiresAt: '2020-01-01T00:00:00Z' } : {}),
        ...(agent.id === 'dormant' ? { disabled: true } : {}),
      })),
    }),
  });
  const account = (name: string) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: 'demo' },
  });
  await site.lab('lab').admin.apply([account('robot'), account('other')]);
});
after(() => site?.stop());

/** A projected token of a service account, as the API server makes them. */
async function accountToken(name: string, spec: object): Promise<string> {
  const path = `/api/v1/namespaces/demo/serviceaccounts/${name}/token`;
  const { status, body } = await site.lab('lab').admin.request('POST', path, { spec });
  assert.equal(status, 201);
  return body.status.token;
}

/** How the API server saw whoever stood behind a request. */
async function identityUpstream(id: string) {
  const event = await eventually('the request is in the audit log', async () =>
    (await site.audit('lab')).find(({ auditID, stage }) => auditID === id && stage === 'ResponseComplete'),
  );
  return event.impersonatedUser;
}

/** Status and reason of a read with this token. */
async function readWith(token: string | null) {
  const { status, text, id } = await site.as('reader').call('GET', SETTINGS, { token });
  return { status, text, id };
}

test('groups upstream are those of the registration, whatever the token claims', async () => {
  const pretender = site.as('pretender');
  const read = await pretender.call('GET', SETTINGS);
  assert.equal(read.status, 200);
  assert.deepEqual(await identityUpstream(read.id), {
    username: 'countersign:agent:pretender',
    groups: ['countersign:readers', 'system:authenticated'],
  });
  const outOfReach = [
    ['GET', '/api/v1/namespaces/kube-system/secrets'],
    ['GET', '/api/v1/secrets'],
    ['DELETE', '/api/v1/namespaces/demo/secrets/database'],
    ['GET', '/api/v1/nodes'],
  ] as const;
  for (const [method, path] of outOfReach) {
    const both = await Promise.all(['reader', 'pretender'].map((agent) => site.as(agent).call(method, path)));
    for (const { status, json } of both) {
      assert.equal(status, 403);
      assert.equal(json.reason, 'Forbidden');
    }
  }
});

test('a projected service-account token of a cluster is an identity', async () => {
  const robot = site.as('robot');
  const { code, stdout, stderr } = await robot.kubectl('get', 'configmap', 'settings', '-o', 'name');
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'configmap/settings');
  const read = await robot.call('GET', SETTINGS);
  assert.deepEqual((await identityUpstream(read.id))?.groups, ['countersign:robots', 'system:authenticated']);
});

test('tokens for somebody else, and of nobody who is registered, are refused', async () => {
  const forApiServer = await accountToken('robot', { expirationSeconds: 900 });
  const tooLong = await accountToken('robot', { audiences: ['countersign'], expirationSeconds: 36_000 });
  const notRegistered = await accountToken('other', { audiences: ['countersign'], expirationSeconds: 900 });
  const reader = await site.token('reader');
  const [head, payload, signature = ''] = reader.split('.');
  const forged = `${head}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
  const cases = [
    [401, /no bearer token; use a kubeconfig/, null],
    [401, /audience/, forApiServer],
    [401, /lifetime/, tooLong],
    [401, /signature/, forged],
    [401, /the token was refused/, unsigned],
    [401, /the token was refused/, 'not-a-token'],
    [403, /no agent is registered for its issuer and subject; ask an operator/, notRegistered],
    [403, /no agent is registered for its issuer and subject/, await site.provider.token('operator')],
    [403, /registration has expired/, await site.token('late')],
    [403, /the agent is disabled/, await site.token('dormant')],
  ] as const;
  for (const [status, message, token] of cases) {
    const answer = await readWith(token);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, message);
    assert.ok(!(await site.audit('lab')).some(({ auditID }) => auditID === answer.id));
  }
  const { code, stderr } = await site.as('late').kubectl('get', 'configmaps');
  assert.equal(code, 1);
  assert.match(stderr, /registration has expired; ask its owner to renew it/);
});

test('with the provider down, whoever can be known by cached keys is served', async () => {
  const unseen = await site.freshToken('reader');
  assert.equal((await readWith(await site.token('reader'))).status, 200);
  await site.provider.stop();
  assert.equal((await readWith(await site.token('reader'))).status, 200);
  assert.equal((await readWith(unseen)).status, 200);
});

test('with the provider down and no usable keys, a token can not be evaluated; others are served', async () => {
  const reader = await site.token('reader');
  assert.equal(await site.gateway.stop(), 0);
  await site.startGateway();
  // Its own token is known by keys of the cluster, for which the connector is asked.
  await eventually(
    'the connector is in use',
    async () => (await site.as('robot').call('GET', SETTINGS)).status === 200,
  );
  const answers = await Promise.all([readWith(reader), readWith(reader), readWith(reader)]);
  for (const { status, text } of answers) {
    assert.equal(status, 503);
    assert.match(text, /could not evaluate who is calling: the keys of issuer http:\S+ can't be had/);
  }
  assert.equal((await site.as('robot').call('GET', SETTINGS)).status, 200);
  assert.equal(await site.readiness(), 200);
  await site.provider.start();
  await eventually('the provider is asked again', async () => (await readWith(reader)).status === 200);
});

test('refusals before authentication are on record, counted', async () => {
  assert.equal(await site.gateway.stop(), 0);
  const counted = new Map<string, number>();
  for (const { record } of await site.records()) {
    if (record.type === 'refusals') counted.set(record.fault, (counted.get(record.fault) ?? 0) + record.count);
  }
  assert.equal(counted.get('ERR_TOKEN_MISSING'), 1);
  assert.equal(counted.get('ERR_TOKEN_REFUSED'), 5);
  assert.ok((counted.get('ERR_IDENTITY_UNAVAILABLE') ?? 0) >= 3);
});

test('the audit log of the API server and ours join', async (context) => {
  const { both, oneSided } = await assertJoined(site, ['lab']);
  assert.ok(both > 10);
  context.diagnostic(
    `kube-apiserver ${site.lab('lab').version}: ${both} exchanges on both sides, ${oneSided} refused by us alone`,
  );
});
