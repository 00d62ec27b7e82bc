// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { identify } from '../identity/identify.ts';
import { NOW, openControlApi, tokenOf } from './control-api-for-tests.ts';

const operator = tokenOf('ann');
const OWNER = '/api/v1/owners/platform';

let api: Awaited<ReturnType<typeof openControlApi>>;
let recordsBefore = 0;

before(async () => {
  api = await openControlApi();
});
beforeEach(() => {
  recordsBefore = api.recorded.length;
});
after(() => api?.close());

const say = (state: string, more: object = {}, token = operator) => api.ask(token, OWNER, 'PUT', { state, ...more });
const recorded = () =>
  api.recorded
    .slice(recordsBefore)
    .filter(({ type }) => type.startsWith('owner.') || type.startsWith('agent.'))
    .map((record) => [
      record.type,
      'agent' in record ? record.agent : 'owner' in record && record.owner,
      'reason' in record ? record.reason : 'by' in record && record.by,
    ]);
const toldTo = (agent: string) => {
  const found = identify(tokenOf(`${agent}-subject`), api.registry, NOW.getTime());
  return found.kind === 'refused' ? found.reason : found.kind;
};

test('agents of an owner who is gone are refused, on record; those of the API are disabled until they have an owner and somebody enables them', async () => {
  assert.deepEqual(['reporter', 'api', 'theirs'].map(toldTo), ['identified', 'identified', 'identified']);
  const gone = await say('gone', { reason: 'left in May' });
  assert.deepEqual([gone.status, gone.body.state, gone.body.by, gone.body.reason], [200, 'gone', 'ann', 'left in May']);
  assert.ok(gone.body.agents.includes('reporter') && gone.body.agents.includes('api'), gone.body.agents.join());
  assert.deepEqual(['reporter', 'api', 'theirs'].map(toldTo), ['orphaned', 'orphaned', 'identified']);
  const first = recorded();
  assert.deepEqual(first[0], ['owner.gone', 'platform', 'ann']);
  for (const agent of ['api', 'reporter'])
    assert.ok(
      first.some((one) => one.join() === `agent.disabled,${agent},orphaned`),
      agent,
    );
  assert.ok(!first.some(([, agent]) => agent === 'theirs' || agent === 'disabled'));
  await say('gone');
  assert.equal(recorded().length, first.length, 'said again, it is on record once');

  const { body, headers } = await api.ask(operator, '/api/v1/agents/api');
  assert.equal(body.state, 'disabled');
  const enable = () => api.ask(operator, '/api/v1/agents/api/enable', 'POST');
  const refused = await enable();
  assert.deepEqual([refused.status, /owner is gone/.test(refused.body.detail)], [409, true]);
  const ifMatch = { 'if-match': headers.get('etag') ?? '' };
  const named = await api.ask(operator, '/api/v1/agents/api', 'PUT', { ...body, owner: 'somebody' }, ifMatch);
  assert.deepEqual([named.status, named.body.state], [200, 'disabled'], JSON.stringify(named.body));
  assert.equal((await enable()).status, 200);
  assert.equal(toldTo('api'), 'identified');

  const back = await say('present');
  assert.deepEqual([back.status, back.body.state], [200, 'present']);
  assert.deepEqual(['reporter', 'api'].map(toldTo), ['identified', 'identified']);
  assert.ok(recorded().some((one) => one.join() === 'owner.returned,platform,ann'));
  assert.ok(recorded().some((one) => one.join() === 'agent.enabled,reporter,ann'));
});

test('no agent is registered under an owner who is gone, and such an owner has no role', async () => {
  const platform = tokenOf('platform', { groups: [] });
  assert.equal((await api.ask(platform, '/api/v1/agents')).status, 200);
  await say('gone');
  assert.equal((await api.ask(platform, '/api/v1/agents')).status, 403);
  const entry = { owner: 'platform', purpose: 'Notes', match: { issuer: 'idp', subject: 'late' } };
  const late = await api.ask(operator, '/api/v1/agents/late', 'PUT', entry, { 'if-none-match': '*' });
  assert.deepEqual([late.status, /owner is gone/.test(late.body.detail)], [409, true]);
  await say('present');
  assert.equal((await api.ask(platform, '/api/v1/agents')).status, 200);
});

test('only operators say who is gone; auditors see it, owners and agents do not', async () => {
  const auditor = tokenOf('aud', { groups: ['auditors'] });
  const listed = await api.ask(auditor, '/api/v1/owners');
  assert.deepEqual(
    listed.body.items.map(({ owner }: { owner: string }) => owner),
    ['platform', 'somebody'],
  );
  for (const token of [auditor, tokenOf('platform', { groups: [] }), tokenOf('reporter-subject')])
    assert.equal((await say('gone', {}, token)).status, 403);
  assert.equal((await api.ask(tokenOf('platform', { groups: [] }), '/api/v1/owners')).status, 403);
  assert.deepEqual(recorded(), []);
  assert.equal((await say('away')).status, 400);
});
