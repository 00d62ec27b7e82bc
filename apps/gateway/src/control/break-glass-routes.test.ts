// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openControlApi, tokenOf } from './control-api-for-tests.ts';

const policies = `
  @id("works") permit (principal is Agent, action in Action::"write", resource in Namespace::"demo");
  @id("asks") @approval("approvers") @quorum("2") forbid (principal is Agent, action == Action::"delete", resource);
  @id("never") forbid (principal is Agent, action == Action::"delete", resource) when { resource.name == "precious" };
`;
const PATH = '/api/v1/break-glass';
const reporter = tokenOf('reporter-subject', { groups: [] });
const operator = tokenOf('ann');
const owner = tokenOf('otto', { groups: ['operators', 'platform'] });
const auditor = tokenOf('aud', { groups: ['auditors'] });
const approver = tokenOf('bob', { groups: ['approvers'] });
const scope = { verbs: ['delete'], resources: ['configmaps'], namespaces: ['demo'] };
const wanted = { cluster: 'lab', agent: 'reporter', reason: 'the shop is down' };

let api: Awaited<ReturnType<typeof openControlApi>>;

before(async () => {
  api = await openControlApi(policies);
});
after(() => api?.close());

const open = (body: object = wanted, token = operator) => api.ask(token, PATH, 'POST', body);
const end = (id: string, token = operator) => api.ask(token, `${PATH}/${id}/end`, 'POST', { reason: 'it is up again' });
const explained = async (name = 'settings') => {
  const target = `/api/v1/namespaces/demo/configmaps/${name}`;
  return (await api.ask(reporter, '/api/v1/explain', 'POST', { cluster: 'lab', method: 'DELETE', target })).body.effect;
};
const glassRecords = () => api.recorded.flatMap((record) => (record.type === 'breakglass' ? [record] : []));

test('one operator lets on what rules ask for, at once and until it ends, and never what a rule forbids', async () => {
  assert.equal(await explained(), 'ask');
  const opened = await open();
  const { status, body } = opened;
  assert.deepEqual([status, body.state, body.agent, body.seconds], [201, 'active', 'reporter', 900]);
  assert.deepEqual([await explained(), await explained('precious')], ['allow', 'deny']);
  const listed = await api.ask(auditor, PATH);
  assert.deepEqual([listed.body.items[0].id, listed.body.items[0].openedBy.subject], [body.id, 'ann']);
  assert.equal((await end(body.id)).body.state, 'revoked');
  assert.equal(await explained(), 'ask');
  assert.equal((await end(body.id)).body.code, 'ERR_GRANT_STATE');
  const records = glassRecords().filter(({ grant }) => grant === body.id);
  assert.deepEqual(
    records.map(({ action, by, agent, cluster }) => [action, by, agent, cluster]),
    [
      ['opened', 'ann', 'reporter', 'lab'],
      ['ended', 'ann', 'reporter', 'lab'],
    ],
  );
  assert.equal(records[0]?.sealed?.reason, 'the shop is down');
});

test('it may be for a scope alone', async () => {
  const elsewhere = await open({ ...wanted, scope: { ...scope, namespaces: ['other'] } });
  assert.equal(await explained(), 'ask');
  const here = await open({ ...wanted, scope });
  assert.equal(await explained(), 'allow');
  for (const { body } of [elsewhere, here]) await end(body.id);
});

test('nobody else opens or ends it, and that they tried is on record', async () => {
  const { body } = await open({ ...wanted, scope: { ...scope, namespaces: ['other'] } });
  const before = api.recorded.length;
  assert.equal((await open(wanted, auditor)).status, 403);
  assert.equal((await end(body.id, auditor)).status, 403);
  assert.equal((await open(wanted, owner)).body.code, 'ERR_GRANT_OWNER');
  const refusals = api.recorded.slice(before).flatMap((record) => (record.type === 'refusal' ? [record.fault] : []));
  assert.deepEqual(refusals, ['ERR_BREAK_GLASS_ROLE', 'ERR_BREAK_GLASS_ROLE', 'ERR_GRANT_OWNER']);
  for (const token of [reporter, approver]) {
    assert.equal((await open(wanted, token)).status, 403);
    assert.equal((await end(body.id, token)).status, 403);
    assert.equal((await api.ask(token, PATH)).status, 403);
  }
  assert.equal(await explained(), 'ask');
  await end(body.id);
});

test('it is no grant that people sign or agents see', async () => {
  const { body } = await open({ ...wanted, scope: { ...scope, namespaces: ['other'] } });
  const { digest } = (await api.store.grants.get(body.id))?.value ?? {};
  assert.equal((await api.ask(approver, `/api/v1/grants/${body.id}`)).status, 404);
  assert.deepEqual((await api.ask(approver, '/api/v1/grants')).body.items, []);
  const signed = await api.ask(approver, `/api/v1/grants/${body.id}/approve`, 'POST', { digest });
  assert.equal(signed.status, 404);
  assert.equal((await api.ask(reporter, `/api/v1/grants/${body.id}/revoke`, 'POST', {})).status, 404);
  await end(body.id);
  assert.equal((await end('00000000-0000-7000-8000-000000000000')).status, 404);
});

test('without a reason, for too long, or for whom nobody knows it is not opened', async () => {
  const { reason: _, ...silent } = wanted;
  for (const [body, status, said] of [
    [silent, 400, /reason/],
    [{ ...wanted, reason: ' ' }, 400, /say why/],
    [{ ...wanted, seconds: 3_601 }, 400, /at most 3600/],
    [{ ...wanted, seconds: 9 }, 400, /seconds/],
    [{ ...wanted, scope: { verbs: ['delete'] } }, 400, /resources/],
    [{ ...wanted, agent: 'nobody' }, 404, /no agent nobody/],
    [{ ...wanted, agent: 'elsewhere' }, 404, /no agent elsewhere/],
  ] as const) {
    const answer = await open(body);
    assert.equal(answer.status, status, JSON.stringify(body));
    assert.match(answer.body.detail, said);
  }
  assert.equal(await explained(), 'ask');
});

test('an agent has eight of them at once at most', async () => {
  const ids: string[] = [];
  for (let each = 0; each < 8; each += 1) ids.push((await open({ ...wanted, scope })).body.id);
  assert.equal((await open()).status, 429);
  for (const id of ids) await end(id);
});
