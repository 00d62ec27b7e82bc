// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TokenFacts } from '../identity/authentication.ts';
import { SoftwareAuthenticator } from '../passkeys/software-authenticator-for-tests.ts';
import { openControlApi, SITE, tokenOf } from './control-api-for-tests.ts';

const policies = `
  @id("works") permit (principal is Agent, action in Action::"write", resource in Namespace::"demo");
  @id("asks") @approval("approvers") forbid (principal is Agent, action == Action::"delete", resource);
  @id("asks-two") @approval("approvers") @quorum("2") forbid (principal is Agent, action == Action::"patch", resource);
  @id("never") @reason("nothing new") forbid (principal is Agent, action == Action::"create", resource);
`;
const TARGET = '/api/v1/namespaces/demo/configmaps/settings';
const reporter = tokenOf('reporter-subject', { groups: [] });
const other = tokenOf('other-subject', { groups: [] });
const operator = tokenOf('ann');
const auditor = tokenOf('aud', { groups: ['auditors'] });
const approver = tokenOf('bob', { groups: ['approvers'], names: ['bob@example.com'] });
const wanted = {
  cluster: 'lab',
  verbs: ['delete'],
  resources: ['configmaps'],
  namespaces: ['demo'],
  reason: 'tidy up',
};

let api: Awaited<ReturnType<typeof openControlApi>>;

before(async () => {
  api = await openControlApi(policies);
});
after(() => api?.close());

const request = (body: object = wanted, token = reporter) => api.ask(token, '/api/v1/grants', 'POST', body);
const say = (token: TokenFacts, verb: string, { id, digest }: { id: string; digest: string }) =>
  api.ask(token, `/api/v1/grants/${id}/${verb}`, 'POST', verb === 'revoke' ? { reason: 'done' } : { digest });
const explained = async () => {
  const asked = { cluster: 'lab', method: 'DELETE', target: TARGET };
  return (await api.ask(reporter, '/api/v1/explain', 'POST', asked)).body.effect;
};

test('an agent asks, an approver signs, the agent is told that it may, until the grant is revoked', async () => {
  assert.equal(await explained(), 'ask');
  const asked = await request();
  assert.deepEqual(
    [asked.status, asked.body.state, asked.body.agent, asked.body.seconds],
    [201, 'pending', 'reporter', 900],
  );
  assert.equal(await explained(), 'ask');
  const signed = await say(approver, 'approve', asked.body);
  assert.deepEqual([signed.status, signed.body.state], [200, 'active']);
  assert.equal(await explained(), 'allow');
  const revoked = await say(operator, 'revoke', asked.body);
  assert.deepEqual([revoked.body.state, revoked.body.endedBy.by.subject], ['revoked', 'ann']);
  assert.equal(await explained(), 'ask');
});

test('it is in force once all have signed whom its rules name, and says whom it takes; what others sign puts none in force', async () => {
  const asked = await request({ ...wanted, verbs: ['patch'] });
  const rule = { set: 'lab', id: 'asks-two' };
  assert.deepEqual(asked.body.requirements, [{ rule, group: 'approvers', quorum: 2 }]);
  assert.deepEqual(asked.body.missing, [{ group: 'approvers', count: 2 }]);
  const before = api.recorded.length;
  const stranger = await say(tokenOf('judy', { groups: ['security'] }), 'approve', asked.body);
  assert.deepEqual([stranger.status, stranger.body.state, stranger.body.missing], [200, 'pending', asked.body.missing]);
  const first = await say(approver, 'approve', asked.body);
  assert.deepEqual(
    [first.status, first.body.state, first.body.missing],
    [200, 'pending', [{ group: 'approvers', count: 1 }]],
  );
  assert.equal(first.body.expiresAt, asked.body.expiresAt);
  assert.equal((await say(approver, 'approve', asked.body)).body.code, 'ERR_GRANT_TWICE');
  const second = await say(tokenOf('cleo', { groups: ['approvers'] }), 'approve', asked.body);
  assert.deepEqual([second.body.state, second.body.missing], ['active', []]);
  const signed = api.recorded.slice(before).filter((record) => record.type === 'grant.approved');
  assert.deepEqual(
    signed.map(({ by, pending }) => [by, pending]),
    [
      ['judy', true],
      ['bob', true],
      ['cleo', undefined],
    ],
  );
  const asks = { cluster: 'lab', method: 'PATCH', target: TARGET, body: '{}' };
  assert.equal((await api.ask(reporter, '/api/v1/explain', 'POST', asks)).body.effect, 'allow');
  await say(operator, 'revoke', asked.body);
});

test('of several rules each is met by its own people: it is in force for those who have signed', async () => {
  const asked = await request({ ...wanted, verbs: ['delete', 'patch'] });
  assert.equal(asked.body.requirements.length, 2);
  const { body } = await say(approver, 'approve', asked.body);
  assert.deepEqual([body.state, body.missing], ['active', [{ group: 'approvers', count: 1 }]]);
  assert.equal(await explained(), 'allow');
  await say(operator, 'revoke', asked.body);
});

test('nobody is asked for what no signature opens, and any approver where it hangs on the objects', async () => {
  const before = api.recorded.length;
  for (const verbs of [['create'], ['get']]) {
    const { status, body } = await request({ ...wanted, verbs });
    assert.deepEqual([status, body.code], [403, 'ERR_POLICY_DENIED']);
    assert.match(body.detail, /no signature opens any of this: .*(nothing new|no policy permits it)/);
  }
  assert.ok(api.recorded.slice(before).every(({ type }) => type !== 'grant.asked'));
  const unknown = await request({ ...wanted, verbs: ['update'] });
  assert.deepEqual([unknown.status, unknown.body.requirements, unknown.body.missing], [201, [], []]);
  await say(operator, 'revoke', unknown.body);
});

test('an agent sees and withdraws its own grants, and nobody else of its kind does', async () => {
  const { body } = await request();
  const path = `/api/v1/grants/${body.id}`;
  for (const token of [reporter, approver, operator, auditor]) assert.equal((await api.ask(token, path)).status, 200);
  assert.equal((await api.ask(other, path)).status, 404);
  const ids = async (token: TokenFacts) =>
    (await api.ask(token, '/api/v1/grants')).body.items.map(({ id }: { id: string }) => id);
  assert.equal((await ids(reporter)).includes(body.id), true);
  assert.deepEqual(await ids(other), []);
  assert.equal((await say(other, 'revoke', body)).status, 404);
  assert.equal((await say(auditor, 'revoke', body)).status, 403);
  const withdrawn = await say(reporter, 'revoke', body);
  assert.equal(withdrawn.body.state, 'withdrawn');
  assert.equal((await say(reporter, 'revoke', body)).body.code, 'ERR_GRANT_STATE');
});

test('only approvers sign, only agents ask; what is not taken is on record', async () => {
  const { body } = await request();
  for (const token of [reporter, other, operator, auditor]) {
    assert.equal((await say(token, 'approve', body)).status, 403);
    assert.equal((await say(token, 'deny', body)).status, 403);
  }
  assert.equal((await request(wanted, operator)).status, 403);
  assert.equal((await request(wanted, approver)).status, 403);
  const before = api.recorded.length;
  const wrong = await say(approver, 'approve', { ...body, digest: '0'.repeat(64) });
  assert.deepEqual([wrong.status, wrong.body.code], [409, 'ERR_GRANT_DIGEST']);
  const refused = api.recorded.slice(before).find(({ type }) => type === 'refusal');
  assert.equal(refused?.type === 'refusal' && refused.fault, 'ERR_GRANT_DIGEST');
  assert.equal((await say(approver, 'deny', body)).body.state, 'denied');
});

test('an owner asks for an agent of theirs and ends that; others sign it, and it is good for the agent', async () => {
  const owner = tokenOf('platform', { groups: ['approvers'] });
  const before = api.recorded.length;
  const { status, body } = await request({ ...wanted, agent: 'reporter' }, owner);
  assert.deepEqual([status, body.state, body.agent, body.askedBy?.subject], [201, 'pending', 'reporter', 'platform']);
  const record = api.recorded.slice(before).find(({ type }) => type === 'grant.asked');
  assert.deepEqual(record?.type === 'grant.asked' && [record.agent, record.by], ['reporter', 'platform']);
  assert.equal((await say(owner, 'approve', body)).body.code, 'ERR_GRANT_SELF');
  assert.equal((await api.ask(reporter, `/api/v1/grants/${body.id}`)).status, 200);
  assert.equal((await say(approver, 'approve', body)).body.state, 'active');
  assert.equal(await explained(), 'allow');
  const alone = tokenOf('platform', { groups: [] });
  assert.equal((await say(alone, 'revoke', body)).body.state, 'revoked');
  assert.equal(await explained(), 'ask');
});

test('nobody asks for an agent of others, nor an agent for another, and an owner ends none of theirs', async () => {
  const owner = tokenOf('platform', { groups: [] });
  for (const [agent, token, status] of [
    ['theirs', owner, 404],
    ['nobody', owner, 404],
    ['elsewhere', owner, 404],
    [undefined, owner, 403],
    ['reporter', operator, 403],
    ['reporter', approver, 403],
    ['other', reporter, 403],
  ] as const)
    assert.equal((await request({ ...wanted, agent }, token)).status, status, `${agent} ${token.subject}`);
  const { body } = await request(wanted, tokenOf('theirs-subject', { groups: [] }));
  assert.equal((await say(owner, 'revoke', body)).status, 404);
  const auditing = tokenOf('platform', { groups: ['auditors'] });
  assert.equal((await say(auditing, 'revoke', body)).status, 403, 'who sees it as an auditor');
});

test('what can not be a grant is refused with what to do', async () => {
  for (const [body, status, said] of [
    [{ ...wanted, cluster: 'moon' }, 403, /not registered for this cluster/],
    [{ ...wanted, verbs: ['*'] }, 400, /verbs are those of policies/],
    [{ ...wanted, resources: ['*'] }, 400, /a resource is/],
    [{ ...wanted, namespaces: ['*'] }, 400, /a namespace/],
    [{ ...wanted, namespaces: [] }, 400, /namespaces/],
    [{ ...wanted, seconds: 86_400 }, 400, /seconds/],
    [{ ...wanted, more: true }, 400, /more/],
  ] as const) {
    const answer = await request(body);
    assert.equal(answer.status, status, JSON.stringify(body));
    assert.match(answer.body.detail, said);
  }
});

test('in the console a yes or a no is one by a passkey alone, over this grant, its scope and the verdict; revoking is free', async () => {
  const authenticator = new SoftwareAuthenticator(SITE);
  const { body } = await request();
  const { body: denied } = await request();
  api.via = 'console';
  try {
    const ask = (path: string, more?: object) => api.ask(approver, path, 'POST', more);
    const { options } = (await ask('/api/v1/passkeys/options')).body;
    const response = authenticator.create(options);
    assert.equal((await ask('/api/v1/passkeys', { name: 'laptop', response })).status, 201);
    const signed = async (grant: { id: string; digest: string }, verdict: string, more: object = {}) => {
      const said = { digest: grant.digest, reason: 'seen', ...more };
      const asked = await ask(`/api/v1/grants/${grant.id}/challenge`, { ...said, verdict });
      assert.equal(asked.status, 200, JSON.stringify(asked.body));
      return authenticator.get(asked.body.options);
    };
    const bring = async (verdict: string, assertion?: object) =>
      ask(`/api/v1/grants/${body.id}/${verdict}`, { digest: body.digest, reason: 'seen', assertion });
    for (const [assertion, code] of [
      [undefined, 'ERR_PASSKEY_REQUIRED'],
      [await signed(body, 'deny'), 'ERR_PASSKEY_STATEMENT'],
      [await signed(denied, 'approve'), 'ERR_PASSKEY_STATEMENT'],
      [await signed(body, 'approve', { reason: 'another' }), 'ERR_PASSKEY_STATEMENT'],
    ] as const) {
      const answer = await bring('approve', assertion);
      assert.deepEqual([answer.status, answer.body.code], [403, code]);
      const last = api.recorded.findLast(({ type }) => type === 'refusal');
      assert.equal(last?.type === 'refusal' && last.fault, code);
    }
    const yes = await signed(body, 'approve');
    const approved = await bring('approve', yes);
    assert.deepEqual([approved.status, approved.body.state], [200, 'active']);
    assert.equal(approved.body.signatures[0].passkey, authenticator.id);
    assert.equal('countersignature' in approved.body.signatures[0], false, "the nonce is nobody else's");
    assert.equal((await bring('approve', yes)).body.code, 'ERR_GRANT_TWICE');
    const record = api.recorded.findLast(({ type }) => type === 'grant.approved');
    assert.ok(record?.type === 'grant.approved' && record.countersignature?.signature === yes.response.signature);
    const no = { digest: denied.digest, reason: 'seen', assertion: await signed(denied, 'deny') };
    assert.equal((await ask(`/api/v1/grants/${denied.id}/deny`, no)).body.state, 'denied');
    const end = api.recorded.findLast(({ type }) => type === 'grant.denied');
    assert.ok(end?.type === 'grant.denied' && end.countersignature);
    assert.equal((await ask(`/api/v1/grants/${body.id}/revoke`, { reason: '' })).body.state, 'revoked');
  } finally {
    api.via = 'bearer';
  }
});
