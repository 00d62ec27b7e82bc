// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openControlApi, tokenOf } from './control-api-for-tests.ts';

const policies = `
  @id("reads") permit (principal == Agent::"reporter", action in Action::"read", resource);
  @id("writes") permit (principal == Agent::"reporter", action in Action::"write", resource in Namespace::"demo");
  @id("ports") permit (principal == Agent::"reporter", action == Action::"portforward", resource);
  @id("no-labels") @reason("labels are the platform's")
    forbid (principal, action == Action::"create", resource)
    when { context has object && context.object.labelKeys.contains("team") };
  @id("ask-lists") @approval("platform") @reason("lists are looked at")
  forbid (principal, action == Action::"list", resource);
  @id("ask-deletes") @approval("platform") @reason("deletes are looked at")
    forbid (principal, action == Action::"delete", resource);
  @id("held") forbid (principal, action == Action::"patch", resource)
    when { context has live && context.live.labelKeys.contains("held") };
`;
const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const reporter = tokenOf('reporter-subject');

let api: Awaited<ReturnType<typeof openControlApi>>;

before(async () => {
  api = await openControlApi(policies);
});
after(() => api?.close());

const explain = (asked: object, token = reporter) =>
  api.ask(token, '/api/v1/explain', 'POST', { cluster: 'lab', ...asked });

test('an agent is told allow, ask or deny, by which rules, and what it may do instead', async () => {
  const read = await explain({ method: 'GET', target: `${CONFIG_MAPS}/settings` });
  assert.deepEqual([read.status, read.body.effect, read.body.rules], [200, 'allow', ['lab/reads']]);
  const { body: held } = await explain({ method: 'DELETE', target: `${CONFIG_MAPS}/settings` });
  assert.deepEqual([held.effect, held.rules], ['ask', ['lab/writes', 'lab/ask-deletes']]);
  assert.deepEqual(held.approvers, [{ group: 'platform', quorum: 1 }]);
  assert.match(held.summary, /deletes are looked at/);
  // Whether it may patch depends on the object: that is not promised.
  assert.equal(held.change.at(-1), 'on the same target it may: get, update');
  const { body: denied } = await explain({ method: 'DELETE', target: '/api/v1/namespaces/prod/configmaps/settings' });
  assert.deepEqual([denied.effect, denied.rules], ['deny', []]);
  assert.equal(denied.change.at(-1), 'on the same target it may: get');
});

test('the body counts, as it would be sent', async () => {
  const create = (metadata: object) =>
    explain({ method: 'POST', target: CONFIG_MAPS, body: JSON.stringify({ metadata: { name: 'a', ...metadata } }) });
  assert.equal((await create({})).body.effect, 'allow');
  const { body } = await create({ labels: { team: 'shop' } });
  assert.deepEqual([body.effect, body.rules], ['deny', ['lab/no-labels']]);
});

test('what depends on the object as it is, is not known before; what is passed in no case is denied', async () => {
  const patch = { method: 'PATCH', target: `${CONFIG_MAPS}/settings`, body: '{"data":{"a":"b"}}' };
  const { body: depends } = await explain(patch);
  assert.deepEqual([depends.effect, depends.rules], ['undecided', []]);
  assert.match(depends.summary, /looks at the object/);
  const elsewhere = await explain({ ...patch, target: patch.target.replace('demo', 'prod') });
  assert.equal(elsewhere.body.effect, 'deny');
  const pods = '/api/v1/namespaces/demo/pods/web';
  const { body: ports } = await explain({ method: 'POST', target: `${pods}/portforward?ports=80` });
  assert.deepEqual([ports.effect, /@reveal/.test(ports.summary)], ['deny', true]);
  const { body: proxy } = await explain({ method: 'GET', target: `${pods}/proxy` });
  assert.deepEqual([proxy.effect, proxy.summary], ['deny', 'the gateway does not pass this kind of request']);
});

test('of what is asked about and never held it says that a grant alone opens it', async () => {
  const { body } = await explain({ method: 'GET', target: CONFIG_MAPS });
  assert.deepEqual([body.effect, body.byGrantAlone, body.approvers], ['ask', true, [{ group: 'platform', quorum: 1 }]]);
  assert.match(
    body.summary,
    /can't wait for one, but a grant gives it \(countersign grants request\): .*lists are looked at/,
  );
  const held = await explain({ method: 'DELETE', target: `${CONFIG_MAPS}/settings` });
  assert.deepEqual([held.body.effect, held.body.byGrantAlone], ['ask', undefined]);
});

test('it is asked as the caller, of a cluster on which it is let in, and nothing is put on record but that', async () => {
  const asked = { method: 'GET', target: `${CONFIG_MAPS}/settings` };
  assert.equal((await explain(asked, tokenOf('other-subject'))).body.effect, 'deny');
  const elsewhere = await explain(asked, tokenOf('elsewhere-subject'));
  assert.deepEqual([elsewhere.status, elsewhere.body.code], [403, 'ERR_CLUSTER_NOT_GRANTED']);
  assert.equal((await explain({ ...asked, cluster: 'prod' })).status, 403);
  assert.equal((await explain(asked, tokenOf('bob', { groups: ['approvers'] }))).status, 403);
  assert.deepEqual([...new Set(api.recorded.map(({ type }) => type))], ['control']);
});

test('what can not be read is a 400 that says why', async () => {
  const of = async (asked: object) => {
    const { status, body } = await explain(asked);
    return [status, body.code];
  };
  assert.deepEqual(await of({ method: 'GET' }), [400, undefined]);
  assert.deepEqual(await of({ method: 'GET', target: '/api', agent: 'other' }), [403, undefined]);
  assert.deepEqual(await of({ method: 'GET', target: '/api/../x' }), [400, 'ERR_KUBE_PATH_NOT_CANONICAL']);
  assert.deepEqual((await of({ method: 'POST', target: CONFIG_MAPS, body: '['.repeat(16_000) }))[0], 400);
  assert.deepEqual((await of({ method: 'POST', target: CONFIG_MAPS, body: 'x'.repeat(17_000) }))[0], 413);
});

test('an agent is held to its limits here too', async () => {
  const slow = tokenOf('slow-subject');
  const statuses: number[] = [];
  for (let turn = 0; turn < 6; turn += 1) {
    const { status, headers } = await explain({ method: 'GET', target: '/api' }, slow);
    statuses.push(status);
    if (status === 429) assert.equal(headers.get('retry-after'), '1');
  }
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429]);
  assert.deepEqual(api.counted, [['ERR_LIMIT_REQUESTS', { agent: 'slow' }]], 'it has no record to itself');
});

test('operators and auditors ask about an agent, in the groups that its token would have; agents about themselves alone', async () => {
  const asked = { method: 'GET', target: `${CONFIG_MAPS}/settings` };
  for (const token of [tokenOf('ann'), tokenOf('aud', { groups: ['auditors'] })]) {
    const { body } = await explain({ ...asked, agent: 'reporter' }, token);
    assert.deepEqual([body.effect, body.rules], ['allow', ['lab/reads']]);
    assert.equal((await explain({ ...asked, agent: 'other', groups: ['operators'] }, token)).body.effect, 'deny');
    const away = await explain({ ...asked, agent: 'disabled' }, token);
    assert.deepEqual([away.status, away.body.code], [403, 'ERR_AGENT_DISABLED']);
    assert.equal((await explain({ ...asked, agent: 'nobody' }, token)).status, 400);
    assert.equal((await explain(asked, token)).status, 400);
  }
  assert.equal((await explain({ ...asked, agent: 'other' })).status, 403);
  assert.equal((await explain({ ...asked, groups: ['readers'] })).status, 403);
});

test('what is in force is shown whole to who sees all, each rule in its own set, and to nobody else', async () => {
  const { status, body } = await api.ask(tokenOf('aud', { groups: ['auditors'] }), '/api/v1/policies');
  assert.equal(status, 200);
  assert.match(body.digest, /^sha256:[0-9a-f]{64}$/);
  assert.ok(Date.parse(body.since) > 0);
  const [organisation, lab] = body.sets;
  assert.deepEqual([organisation.set, organisation.rules, lab.set], ['organisation', [], 'lab']);
  const asks = lab.rules.find(({ id }: { id: string }) => id === 'ask-deletes');
  assert.deepEqual([asks.effect, asks.reason, asks.approval.group], ['forbid', 'deletes are looked at', 'platform']);
  assert.match(asks.text, /action == Action::"delete"/);
  for (const token of [reporter, tokenOf('bob', { groups: ['approvers'] })])
    assert.equal((await api.ask(token, '/api/v1/policies')).status, 403);
});
