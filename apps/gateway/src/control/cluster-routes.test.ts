// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { redeemJoinToken } from '../tunnel/join-token.ts';
import { NOW, openControlApi, tokenOf } from './control-api-for-tests.ts';

const operator = tokenOf('ann');
const NEW = { 'if-none-match': '*' };
const EAST = '/api/v1/clusters/east';

let api: Awaited<ReturnType<typeof openControlApi>>;
let recordsBefore = 0;

before(async () => {
  api = await openControlApi();
});
beforeEach(() => {
  recordsBefore = api.recorded.length;
});
after(() => api?.close());

const put = (name: string, body: object, headers: Record<string, string>, token = operator) =>
  api.ask(token, `/api/v1/clusters/${name}`, 'PUT', body, headers);
const at = (headers: Headers) => ({ 'if-match': headers.get('etag') ?? '' });
const recorded = () =>
  api.recorded
    .slice(recordsBefore)
    .filter(({ type }) => type.startsWith('cluster.'))
    .map((record) => [record.type, 'cluster' in record && record.cluster, 'by' in record && record.by]);
const grantAt = (cluster: string) => api.registry.clusterGrant('api', cluster, NOW.getTime());

/** Lets the agent `api` call a cluster beside `lab`. */
async function letIn(cluster: string): Promise<void> {
  const { headers, body } = await api.ask(operator, '/api/v1/agents/api');
  const clusters = { ...body.clusters, [cluster]: { groups: ['readers'] } };
  const changed = await api.ask(operator, '/api/v1/agents/api', 'PUT', { ...body, clusters }, at(headers));
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
}

test('a cluster is registered, read, changed, disabled, enabled and removed; each is on record, and in force at once', async () => {
  const made = await put('east', { description: 'the east' }, NEW);
  assert.deepEqual(
    [made.status, made.body],
    [201, { name: 'east', source: 'api', state: 'enabled', description: 'the east', connectors: [] }],
  );
  await letIn('east');
  assert.deepEqual(grantAt('east'), { groups: ['readers'] });

  const read = await api.ask(operator, EAST);
  assert.deepEqual([read.headers.get('etag'), read.body], [made.headers.get('etag'), made.body]);
  const changed = await put('east', { ...read.body, description: 'eastern' }, at(read.headers));
  assert.deepEqual([changed.status, changed.body.description], [200, 'eastern']);
  assert.notEqual(changed.headers.get('etag'), read.headers.get('etag'));

  const disabled = await api.ask(operator, `${EAST}/disable`, 'POST');
  assert.deepEqual([disabled.status, disabled.body.state, grantAt('east')], [200, 'disabled', 'disabled']);
  const still = await put('east', { description: 'east' }, at(disabled.headers));
  assert.deepEqual([still.body.state, grantAt('east')], ['disabled', 'disabled']);
  const enabled = await api.ask(operator, `${EAST}/enable`, 'POST');
  assert.deepEqual([enabled.body.state, grantAt('east')], ['enabled', { groups: ['readers'] }]);

  const removed = await api.ask(operator, EAST, 'DELETE', undefined, at(enabled.headers));
  assert.deepEqual([removed.status, removed.body, grantAt('east')], [200, { name: 'east' }, undefined]);
  assert.equal((await api.ask(operator, EAST)).status, 404);
  assert.deepEqual(
    recorded(),
    ['registered', 'changed', 'disabled', 'changed', 'enabled', 'removed'].map((what) => [
      `cluster.${what}`,
      'east',
      'ann',
    ]),
  );
});

test('a removed cluster stands in no entry of an agent, and nobody may call what is registered under its name later', async () => {
  await put('east', {}, NEW);
  await letIn('east');
  await api.ask(operator, EAST, 'DELETE');
  const { clusters } = (await api.ask(operator, '/api/v1/agents/api')).body;
  assert.deepEqual(Object.keys(clusters), ['lab']);
  const told = api.recorded.findLast(({ type }) => type === 'agent.changed');
  assert.deepEqual(told && 'agent' in told && [told.agent, 'by' in told && told.by], ['api', 'ann']);
  await put('east', {}, NEW);
  assert.equal(grantAt('east'), undefined);
  await api.ask(operator, EAST, 'DELETE');
});

test('a change wants to know of what; what was changed meanwhile is not overwritten', async () => {
  assert.equal((await put('east', {}, {})).status, 428);
  assert.equal((await put('east', {}, { 'if-match': '"1"' })).status, 404);
  const made = await put('east', {}, NEW);
  assert.equal((await put('east', {}, NEW)).status, 412);
  await put('east', { description: 'another' }, at(made.headers));
  assert.equal((await put('east', {}, at(made.headers))).status, 412);
  assert.equal((await api.ask(operator, EAST, 'DELETE', undefined, at(made.headers))).status, 412);
  assert.equal((await api.ask(operator, EAST)).body.description, 'another');
  await api.ask(operator, EAST, 'DELETE');
});

test('join tokens of a cluster that was disabled or removed are good for nothing, also when it is there again', async () => {
  const tokenFor = async () => (await api.ask(operator, `${EAST}/join-tokens`, 'POST')).body.token;
  const redeem = (token: string) => redeemJoinToken(api.store.joinTokens, token, NOW);
  await put('east', {}, NEW);
  const first = await tokenFor();
  await api.ask(operator, `${EAST}/disable`, 'POST');
  assert.equal((await api.ask(operator, `${EAST}/join-tokens`, 'POST')).status, 409);
  await api.ask(operator, `${EAST}/enable`, 'POST');
  await assert.rejects(redeem(first), { code: 'ERR_TUNNEL_TOKEN_EXPIRED' });
  const second = await tokenFor();
  await api.ask(operator, EAST, 'DELETE');
  await put('east', {}, NEW);
  await assert.rejects(redeem(second), { code: 'ERR_TUNNEL_TOKEN_EXPIRED' });
  assert.equal((await redeem(await tokenFor())).cluster, 'east');
  await api.ask(operator, EAST, 'DELETE');
});

test('a cluster whose time is over may not be called from that moment', async () => {
  await put('brief', { expiresAt: new Date(NOW.getTime() + 1_000).toISOString() }, NEW);
  await letIn('brief');
  const later = (ms: number) => api.registry.clusterGrant('api', 'brief', NOW.getTime() + ms);
  assert.deepEqual([later(999), later(1_000)], [{ groups: ['readers'] }, 'disabled']);
  await api.ask(operator, '/api/v1/clusters/brief', 'DELETE');
});

test('what cannot be registered is refused with what to do, and leaves no record', async () => {
  for (const [name, body, status, said] of [
    ['East', {}, 400, /lower-case/],
    ['organisation', {}, 400, /policy set/],
    ['east', { name: 'west' }, 400, /of cluster "west"/],
    ['east', { source: 'config' }, 400, /configuration file/],
    ['east', { admin: true }, 400, /admin/],
    ['east', { description: 'x'.repeat(201) }, 400, /200/],
    ['lab', {}, 412, /has this id/],
  ] as const) {
    const answer = await put(name, body, NEW);
    assert.equal(answer.status, status, JSON.stringify(body));
    assert.match(answer.body.detail, said);
  }
  assert.deepEqual(recorded(), []);
});

test('what the configuration file declares is changed there', async () => {
  const read = await api.ask(operator, '/api/v1/clusters/lab');
  for (const change of [
    () => put('lab', {}, at(read.headers)),
    () => api.ask(operator, '/api/v1/clusters/lab/disable', 'POST'),
    () => api.ask(operator, '/api/v1/clusters/lab', 'DELETE'),
  ]) {
    const { status, body } = await change();
    assert.deepEqual([status, /configuration file/.test(body.detail)], [409, true]);
  }
  assert.deepEqual(recorded(), []);
});

test('only operators change clusters: an auditor sees them, an owner and an agent do not', async () => {
  await put('east', {}, NEW);
  const auditor = tokenOf('aud', { groups: ['auditors'] });
  assert.equal((await api.ask(auditor, EAST)).status, 200);
  const others = [tokenOf('platform', { groups: [] }), tokenOf('reporter-subject')];
  for (const token of others) assert.equal((await api.ask(token, EAST)).status, 403);
  for (const token of [auditor, ...others]) {
    assert.equal((await put('west', {}, NEW, token)).status, 403);
    for (const [path, method] of [
      [`${EAST}/enable`, 'POST'],
      [`${EAST}/disable`, 'POST'],
      [`${EAST}/join-tokens`, 'POST'],
      [EAST, 'DELETE'],
    ] as const)
      assert.equal((await api.ask(token, path, method)).status, 403);
  }
  assert.deepEqual(recorded(), [['cluster.registered', 'east', 'ann']]);
  await api.ask(operator, EAST, 'DELETE');
});
