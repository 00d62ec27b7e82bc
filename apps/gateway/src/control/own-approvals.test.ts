// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Asking } from '../approvals/approval-register.ts';
import { openControlApi, tokenOf } from './control-api-for-tests.ts';

const POLICIES = `
@id("reads-notes") permit (principal is Agent, action == Action::"get", resource)
when { resource.resource == "configmaps" && resource.name == "notes" };
@id("lists") permit (principal is Agent, action == Action::"list", resource) when { resource.resource == "pods" };
`;
const CHANGES = [{ path: 'data.tone', before: '"warm"', after: '"calm"' }];
const TARGET = '/api/v1/namespaces/demo/configmaps/notes';

let api: Awaited<ReturnType<typeof openControlApi>>;

before(async () => {
  api = await openControlApi(POLICIES);
});
after(() => api?.close());
beforeEach(() => api.recorded.splice(0));

const reporter = tokenOf('reporter-subject');
const other = tokenOf('other-subject');
const approver = tokenOf('grace', { groups: ['approvers'] });

const patching = (target: string | undefined): Partial<Asking> => ({
  ...(target === undefined ? {} : { target }),
  effect: { digest: '0'.repeat(64), object: undefined, summary: 'patch it', changes: CHANGES, omitted: 1 },
});
const at = (id: string, verb = '') => `/api/v1/approvals/${id}${verb}`;
const typesOf = (approval: string) =>
  api.recorded.flatMap((record) => ('approval' in record && record.approval === approval ? [record.type] : []));

test("an agent lists and shows what it asked for; to it, others' approvals are none", async () => {
  const own = await api.asks('reporter');
  const others = await api.asks('other');
  for (const query of ['', '?state=all', `?id=${own}`]) {
    const { status, body } = await api.ask(reporter, `/api/v1/approvals${query}`);
    const ids = body.items.map(({ id }: { id: string }) => id);
    assert.deepEqual([status, ids.includes(own), ids.includes(others)], [200, true, false], query);
  }
  assert.deepEqual((await api.ask(reporter, `/api/v1/approvals?id=${others}`)).body.items, []);
  const shown = await api.ask(reporter, at(own));
  assert.deepEqual([shown.status, shown.body.agent, shown.body.target], [200, 'reporter', undefined]);
  assert.equal((await api.ask(reporter, at(others))).status, 404);
  const delegated = { ...reporter, subject: 'ada', act: [{ issuer: reporter.issuer, subject: reporter.subject }] };
  assert.equal((await api.ask(delegated, at(own))).status, 404, 'acting for somebody, it is another principal');
  assert.deepEqual(typesOf(own), ['approval.asked'], 'that an agent looks is no sight of an approver');
});

test('what the object holds is shown to an agent that policy lets read it, and to approvers', async () => {
  const changesOf = async (target: string | undefined, who = reporter) => {
    const id = await api.asks('reporter', patching(target));
    const { effect } = (await api.ask(who, at(id))).body;
    const { items } = (await api.ask(who, `/api/v1/approvals?id=${id}`)).body;
    assert.deepEqual(items[0].effect, effect);
    return [effect.summary, effect.changes.length, effect.omitted];
  };
  const [all, none] = [
    ['patch it', 1, 1],
    ['patch it', 0, 2],
  ];
  assert.deepEqual(await changesOf(TARGET), all);
  assert.deepEqual(await changesOf(`${TARGET.slice(0, -5)}secrets`), none, 'another object');
  assert.deepEqual(await changesOf('/api/v1/namespaces/demo/secrets/notes'), none, 'another resource');
  assert.deepEqual(await changesOf('/api/v1/namespaces/demo/pods'), all, 'of one that is made: where it may list');
  assert.deepEqual(await changesOf('/api/v1/../x'), none, 'what can not be read');
  assert.deepEqual(await changesOf(undefined), none, 'what is of an earlier gateway');
  assert.deepEqual(await changesOf(undefined, approver), all);
});

test('the agent that asked gives a reason, once, which people read, and which is on record', async () => {
  const id = await api.asks('reporter');
  const reason = 'the disk is full \u001b[2J';
  assert.equal((await api.ask(other, at(id, '/reason'), 'POST', { reason })).status, 404);
  assert.equal((await api.ask(approver, at(id, '/reason'), 'POST', { reason })).status, 404);
  for (const bad of [{}, { reason: ' ' }, { reason: 'x'.repeat(501) }, { reason, digest: '0' }])
    assert.equal((await api.ask(reporter, at(id, '/reason'), 'POST', bad)).status, 400);
  const said = await api.ask(reporter, at(id, '/reason'), 'POST', { reason });
  assert.deepEqual([said.status, said.body.reason], [200, reason]);
  assert.equal((await api.ask(approver, at(id))).body.reason, reason);
  const again = await api.ask(reporter, at(id, '/reason'), 'POST', { reason: 'another' });
  assert.deepEqual([again.status, again.body.code], [409, 'ERR_APPROVAL_STATE']);
  const record = api.recorded.find(({ type }) => type === 'approval.reasoned');
  assert.deepEqual(record && 'by' in record && [record.by, record.sealed], ['reporter', { reason }]);
  assert.deepEqual(typesOf(id), ['approval.asked', 'approval.reasoned', 'approval.seen']);
});

test('the agent that asked withdraws it, and nobody approves it any more', async () => {
  const id = await api.asks('reporter');
  const { digest } = (await api.ask(reporter, at(id))).body;
  assert.equal((await api.ask(other, at(id, '/withdraw'), 'POST', { digest })).status, 404);
  for (const verb of ['/approve', '/deny'])
    assert.equal((await api.ask(reporter, at(id, verb), 'POST', { digest })).status, 403, verb);
  const withdrawn = await api.ask(reporter, at(id, '/withdraw'), 'POST', { reason: 'no need', digest, unseen: 0 });
  assert.deepEqual([withdrawn.status, withdrawn.body.state], [200, 'withdrawn']);
  assert.deepEqual(withdrawn.body.endedBy.by, { issuer: reporter.issuer, subject: reporter.subject });
  for (const verb of ['/withdraw', '/reason'])
    assert.equal((await api.ask(reporter, at(id, verb), 'POST', { reason: 'again' })).status, 409, verb);
  assert.equal((await api.ask(approver, at(id, '/approve'), 'POST', { digest })).status, 409);
  assert.deepEqual(typesOf(id), ['approval.asked', 'approval.withdrawn', 'refusal']);
});

test('a person counts once, by whichever subject they come, and what they are known by is told to nobody', async () => {
  const requirements = [{ rule: { set: 'lab', id: 'ask' }, group: 'approvers', quorum: 2, ownerMay: false }];
  const id = await api.asks('reporter', { requirements });
  const zoe = (subject: string, address = 'zoe@corp.example') =>
    tokenOf(subject, { groups: ['approvers'], addresses: [address] });
  const { digest } = (await api.ask(zoe('u-1'), at(id))).body;
  const says = (who: typeof reporter) => api.ask(who, at(id, '/approve'), 'POST', { digest });
  const first = await says(zoe('u-1'));
  assert.deepEqual(
    [first.body.state, Object.keys(first.body.signatures[0])],
    ['pending', ['by', 'groups', 'at', 'reason']],
  );
  assert.equal((await says(zoe('u-2'))).body.code, 'ERR_APPROVAL_TWICE');
  assert.deepEqual(typesOf(id).at(-1), 'refusal');
  assert.equal((await says(zoe('u-3', 'alan@corp.example'))).body.state, 'approved');
});
