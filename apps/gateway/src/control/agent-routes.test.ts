// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { holderId } from '../identity/holder-id.ts';
import { ISSUER, openControlApi, tokenOf } from './control-api-for-tests.ts';

const operator = tokenOf('ann');
const NEW = { 'if-none-match': '*' };
const scribe = {
  owner: 'ada@example.com',
  purpose: 'Writes notes',
  match: { issuer: 'idp', subject: 'scribe-subject' },
  clusters: { lab: { groups: ['writers'] } },
};

let api: Awaited<ReturnType<typeof openControlApi>>;
let recordsBefore = 0;

before(async () => {
  api = await openControlApi();
});
beforeEach(() => {
  recordsBefore = api.recorded.length;
});
after(() => api?.close());

const put = (id: string, body: object, headers: Record<string, string>, token = operator) =>
  api.ask(token, `/api/v1/agents/${id}`, 'PUT', body, headers);
const at = (headers: Headers) => ({ 'if-match': headers.get('etag') ?? '' });
const isOfAgent = ({ type }: LogRecord) => type.startsWith('agent.');
const recorded = () =>
  api.recorded
    .slice(recordsBefore)
    .filter(isOfAgent)
    .map((record) => [record.type, 'agent' in record && record.agent, 'by' in record && record.by]);
const holder = () => api.registry.lookup(ISSUER, 'scribe-subject');

test('an agent is registered, read, changed, disabled, enabled and removed; each is on record, and in force at once', async () => {
  const made = await put('scribe', scribe, NEW);
  assert.deepEqual([made.status, made.body.id, made.body.source, made.body.state], [201, 'scribe', 'api', 'enabled']);
  assert.equal(made.body.match.issuer, ISSUER);
  assert.deepEqual(holder(), { ...holder(), kind: 'agent', id: 'scribe', enabled: true });

  const read = await api.ask(operator, '/api/v1/agents/scribe');
  assert.deepEqual([read.headers.get('etag'), read.body], [made.headers.get('etag'), made.body]);
  const changed = await put('scribe', { ...read.body, purpose: 'Reads notes' }, at(read.headers));
  assert.deepEqual([changed.status, changed.body.purpose], [200, 'Reads notes']);
  assert.notEqual(changed.headers.get('etag'), read.headers.get('etag'));

  const disabled = await api.ask(operator, '/api/v1/agents/scribe/disable', 'POST');
  assert.deepEqual([disabled.status, disabled.body.state], [200, 'disabled']);
  assert.deepEqual(holder(), { ...holder(), enabled: false });
  const enabled = await api.ask(operator, '/api/v1/agents/scribe/enable', 'POST');
  assert.deepEqual([enabled.body.state, holder()], ['enabled', { ...holder(), enabled: true }]);

  const removed = await api.ask(operator, '/api/v1/agents/scribe', 'DELETE', undefined, at(enabled.headers));
  assert.deepEqual([removed.status, holder()], [200, { kind: 'former', id: 'scribe', owner: scribe.owner }]);
  assert.deepEqual(
    recorded(),
    ['registered', 'changed', 'disabled', 'enabled', 'removed'].map((what) => [`agent.${what}`, 'scribe', 'ann']),
  );
});

test('a change wants to know of what; what was changed meanwhile is not overwritten', async () => {
  assert.equal((await put('scribe', scribe, {})).status, 428);
  assert.equal((await put('scribe', scribe, { 'if-match': '*' })).status, 428);
  assert.equal((await put('scribe', scribe, { 'if-match': 'W/"1"' })).status, 428);
  assert.equal((await put('scribe', scribe, { 'if-match': '"1"' })).status, 404);
  const made = await put('scribe', scribe, NEW);
  assert.equal((await put('scribe', scribe, NEW)).status, 412);
  await put('scribe', { ...scribe, purpose: 'another' }, at(made.headers));
  assert.equal((await put('scribe', scribe, at(made.headers))).status, 412);
  const late = await api.ask(operator, '/api/v1/agents/scribe', 'DELETE', undefined, at(made.headers));
  assert.equal(late.status, 412);
  assert.equal((await api.ask(operator, '/api/v1/agents/scribe')).body.purpose, 'another');
  await api.ask(operator, '/api/v1/agents/scribe', 'DELETE');
});

test('a change that says nothing of its state lets a disabled agent in no more than before', async () => {
  await put('scribe', scribe, NEW);
  const disabled = await api.ask(operator, '/api/v1/agents/scribe/disable', 'POST');
  const changed = await put('scribe', { ...scribe, purpose: 'another' }, at(disabled.headers));
  assert.deepEqual([changed.body.state, changed.body.purpose], ['disabled', 'another']);
  await api.ask(operator, '/api/v1/agents/scribe', 'DELETE');
});

test('what cannot be registered is refused with what to do, and leaves no record', async () => {
  for (const [id, body, status, said] of [
    ['Scribe', scribe, 400, /lower-case/],
    ['scribe', { ...scribe, match: { issuer: 'nobody', subject: 'a' } }, 400, /no issuer is named "nobody"/],
    ['scribe', { ...scribe, clusters: { moon: {} } }, 400, /no cluster is named "moon"/],
    ['scribe', { ...scribe, groups: ['system:masters'] }, 400, /never one that begins with "system:"/],
    ['scribe', { ...scribe, clusters: { lab: { groups: ['system:masters'] } } }, 400, /system:/],
    ['scribe', { ...scribe, id: 'other' }, 400, /of agent "other"/],
    ['scribe', { ...scribe, source: 'config' }, 400, /configuration file/],
    ['scribe', { ...scribe, admin: true }, 400, /admin/],
    ['scribe', { owner: 'ada' }, 400, /purpose/],
    [
      'scribe',
      { ...scribe, match: { issuer: 'idp', subject: 'other-subject' } },
      409,
      /one token stands for one agent/,
    ],
    ['other', scribe, 412, /has this id/],
  ] as const) {
    const answer = await put(id, body, NEW);
    assert.equal(answer.status, status, JSON.stringify(body));
    assert.match(answer.body.detail, said);
  }
  assert.deepEqual(recorded(), []);
});

test('what the configuration file declares is changed there', async () => {
  const read = await api.ask(operator, '/api/v1/agents/reporter');
  for (const change of [
    () => put('reporter', scribe, at(read.headers)),
    () => api.ask(operator, '/api/v1/agents/reporter/disable', 'POST'),
    () => api.ask(operator, '/api/v1/agents/reporter', 'DELETE'),
  ]) {
    const { status, body } = await change();
    assert.deepEqual([status, /configuration file/.test(body.detail)], [409, true]);
  }
  assert.deepEqual(recorded(), []);
});

test('only operators change agents: an auditor sees them, and an agent that was registered here has no role by its groups', async () => {
  const auditor = tokenOf('aud', { groups: ['auditors'] });
  assert.equal((await api.ask(auditor, '/api/v1/agents/reporter')).status, 200);
  const made = await put('scribe', scribe, NEW);
  const robot = tokenOf('scribe-subject', { groups: ['operators'] });
  for (const token of [auditor, robot]) {
    assert.equal((await put('second', scribe, NEW, token)).status, 403);
    assert.equal((await put('scribe', { ...scribe, purpose: 'mine' }, at(made.headers), token)).status, 403);
    for (const [path, method] of [
      ['/api/v1/agents/scribe/enable', 'POST'],
      ['/api/v1/agents/scribe/disable', 'POST'],
      ['/api/v1/agents/scribe', 'DELETE'],
    ] as const)
      assert.equal((await api.ask(token, path, method)).status, 403);
  }
  assert.deepEqual(recorded(), [['agent.registered', 'scribe', 'ann']]);
  await api.ask(operator, '/api/v1/agents/scribe', 'DELETE');
});

test('what was an agent has no role by its groups when it is removed, or known by another token; registered again, it is one', async () => {
  const robot = tokenOf('scribe-subject', { groups: ['operators', 'approvers', 'auditors'] });
  const successor = tokenOf('scribe-second', { groups: ['operators'] });
  const statuses = async (token: typeof robot) =>
    Promise.all(['/api/v1/agents', '/api/v1/approvals'].map(async (path) => (await api.ask(token, path)).status));
  const made = await put('scribe', scribe, NEW);
  assert.deepEqual(await statuses(robot), [403, 200], 'an agent sees approvals of its own, and no more');
  const moved = { ...scribe, match: { issuer: 'idp', subject: 'scribe-second' } };
  assert.equal((await put('scribe', moved, at(made.headers))).status, 200);
  assert.deepEqual(
    [await statuses(robot), await statuses(successor)],
    [
      [403, 403],
      [403, 200],
    ],
  );
  assert.equal((await api.ask(operator, '/api/v1/agents/scribe', 'DELETE')).status, 200);
  assert.deepEqual(
    [await statuses(robot), await statuses(successor)],
    [
      [403, 403],
      [403, 403],
    ],
  );
  const last = api.recorded.findLast(({ type }) => type === 'control');
  assert.deepEqual(last && 'principal' in last && last.principal?.kind, 'agent');
  await put('scribe', scribe, NEW);
  assert.deepEqual(holder(), { ...holder(), kind: 'agent', id: 'scribe' });
  await api.ask(operator, '/api/v1/agents/scribe', 'DELETE');
});

test('tokens of a person, with a passkey or logged in to the console, are no agent', async () => {
  const { store } = api;
  const issuer = ISSUER;
  const passkey = { name: 'key', publicKey: '', algorithm: -7, counter: 0, rpId: 'localhost', createdAt: '' };
  await store.passkeys.insert('of-heidi', { ...passkey, issuer, subject: 'heidi' });
  await store.passkeys.insert('of-judy', { ...passkey, issuer, subject: 'judy', removedAt: '' });
  const session = { sealedToken: '', createdAt: '', expiresAt: '' };
  await store.consoleSessions.insert('of-karl', { ...session, person: holderId({ issuer, subject: 'karl' }) });
  const of = (subject: string) => ({ ...scribe, match: { issuer: 'idp', subject } });
  for (const subject of ['heidi', 'judy', 'karl']) {
    const { status, body } = await put('scribe', of(subject), NEW);
    assert.deepEqual([status, /tokens of a person/.test(body.detail)], [409, true], subject);
    assert.equal(api.registry.lookup(ISSUER, subject), undefined);
  }
  assert.deepEqual(recorded(), []);
  const made = await put('scribe', scribe, NEW);
  assert.equal((await put('scribe', of('heidi'), at(made.headers))).status, 409);
  await api.ask(operator, '/api/v1/agents/scribe', 'DELETE');
});

test('of two that ask at once for one id, or with one token, one has it', async () => {
  const answers = await Promise.all([
    put('scribe', scribe, NEW),
    put('scribe', scribe, NEW),
    put('double', scribe, NEW),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 412, 409],
  );
  await api.ask(operator, '/api/v1/agents/scribe', 'DELETE');
});
