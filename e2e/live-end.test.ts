// SPDX-License-Identifier: Apache-2.0
// Runs alone: what is under way ends within a second.
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { Leaf } from '@countersign/evidence';
import { nodeSupport } from '@countersign/lab';
import { assertJoined } from './installation/assert-joined.ts';
import type { OpenAnswer } from './installation/call.ts';
import type { Caller } from './installation/caller.ts';
import { countersign, runCountersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const WATCH = '/api/v1/namespaces/demo/configmaps?watch=true';
const LOG = '/api/v1/namespaces/demo/pods/web/log?follow=true&tailLines=1';
/** From what happened to the end of the caller's answer, as both are on record. */
const WITHIN_MS = 1_000;
/** The gateway looks at policies at least so often, and waits so long until their files are at rest. */
const [POLL_MS, SETTLE_MS] = [5_000, 200];

const permitting =
  '@id("reads-demo") permit (principal is Agent, action in Action::"read", resource in Namespace::"demo");';
const forbidding = `${permitting} @id("no-reporter") forbid (principal == Agent::"reporter", action, resource);`;

const support = await nodeSupport();
const node = !('unavailable' in support);
const streams = node ? [WATCH, LOG] : [WATCH];

type AnswerEnd = Extract<Leaf, { type: 'answer.end' }>;

let site: Installation;
let reporter: Caller;

before(async () => {
  const clusters = { lab: ['countersign:readers'] };
  site = await startInstallation({
    clusters: { lab: { node, policies: permitting } },
    organisation: '// nothing',
    agents: { reporter: { clusters }, other: { clusters } },
  });
  reporter = site.as('reporter');
});
after(() => site?.stop());

/** Streams of each kind that have said something. */
async function openStreams(token?: string): Promise<OpenAnswer[]> {
  const opened = [];
  for (const path of streams) {
    const answer = await eventually(`${path} is answered`, async () => {
      const tried = await reporter.open('GET', path, token === undefined ? {} : { token });
      if (tried.status === 200) return tried;
      tried.close();
      return undefined;
    });
    await answer.lines.find(() => true);
    opened.push(answer);
  }
  return opened;
}

/** Resolves once all of them are cut; one that ended cleanly is an error. */
async function untilCut(opened: readonly OpenAnswer[]): Promise<void> {
  const clean = await Promise.all(opened.map(({ ended }) => ended));
  assert.deepEqual(
    clean,
    opened.map(() => false),
    'a stream that is ended from outside never ends cleanly',
  );
}

/** Resolves to the record of the end of an answer, once it is there. */
async function endOf({ id }: OpenAnswer): Promise<AnswerEnd> {
  const isIts = (one: Leaf): one is AnswerEnd => one.type === 'answer.end' && one.exchange === id;
  return eventually('its end is on record', async () => (await site.records()).map(({ record }) => record).find(isIts));
}

/**
 * Tests for each kind of stream that it is cut within a time of `since`, by the clock of the gateway: the log says by name
 * where it can't be followed.
 */
async function assertCutWithin(t: TestContext, ms: number, opened: readonly OpenAnswer[], since: number) {
  const ofLogs = (which: boolean) => opened.filter((_one, index) => (streams[index] === LOG) === which);
  for (const [what, own, skip] of [
    ['watches', ofLogs(false), false],
    ['a followed log', ofLogs(true), 'unavailable' in support && support.unavailable],
  ] as const) {
    await t.test(`${what} end in time`, { skip }, async (one) => {
      assert.notEqual(own.length, 0);
      const took = await msToCut(own, since);
      one.diagnostic(`cut after ${took} ms`);
      assert.ok(took < ms, `${took} ms`);
    });
  }
}

/** How long after `since` they were cut, of all the longest, by the clock of the gateway. */
async function msToCut(opened: readonly OpenAnswer[], since: number): Promise<number> {
  await untilCut(opened);
  const ends = await Promise.all(opened.map(endOf));
  return Math.max(...ends.map(({ ts }) => Date.parse(ts) - since));
}

/** When what is on record last of this type was. */
async function timeOfLast(type: 'lock' | 'session.end' | 'config.loaded'): Promise<number> {
  const records = (await site.records()).map(({ record }) => record);
  return Date.parse(records.findLast((record) => record.type === type)?.ts ?? '');
}

async function endsOf(opened: readonly OpenAnswer[]) {
  const ends = await Promise.all(opened.map(endOf));
  const records = (await site.records()).map(({ record }) => record);
  return ends.map(({ exchange, end, reason }) => ({
    end: [end, reason],
    types: records.flatMap((one) => ('exchange' in one && one.exchange === exchange ? [one.type] : [])),
  }));
}

async function asOperator(...args: readonly string[]) {
  const operator = await site.file('operator', await site.provider.token('operator'));
  return ['lock', ...args, '--control', site.control, '--ca', site.caFile, '--token-file', operator];
}

/** A verb of `countersign sessions` about one of them. */
async function sessionVerb(verb: string, session: string) {
  const operator = await site.file('operator', await site.provider.token('operator'));
  return ['sessions', verb, session, '--control', site.control, '--ca', site.caFile, '--token-file', operator];
}

test('a locked session ends within a second, and who was in it gets no new one until the lock is lifted', async (t) => {
  const unknown = await runCountersign(...(await asOperator('session', '0196f0a0-0000-4000-8000-000000000001')));
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /no session 0196f0a0-0000-4000-8000-000000000001 is going on/);

  const opened = await openStreams();
  const bystander = await site.as('other').open('GET', WATCH);
  const ofStream = (await site.records()).find(
    ({ record }) => 'exchange' in record && record.exchange === opened[0]?.id && 'session' in record,
  );
  assert.ok(ofStream && 'session' in ofStream.record);
  const session = String(ofStream.record.session);
  const locked = await countersign(...(await asOperator('session', session)));
  assert.match(locked, new RegExp(`session ${session} is locked; exchanges that ended: ${streams.length}`));
  await assertCutWithin(t, WITHIN_MS, opened, await timeOfLast('lock'));
  for (const { end } of await endsOf(opened)) assert.deepEqual(end, ['cut', 'ERR_AGENT_LOCKED']);

  const list = '/api/v1/namespaces/demo/configmaps';
  assert.equal((await reporter.call('GET', list)).status, 403);
  assert.match(await countersign(...(await sessionVerb('end', session))), /ended/);
  assert.equal(
    (await reporter.call('GET', list)).status,
    403,
    'a new session would be the same one to whoever is kept out',
  );
  assert.equal((await site.as('other').call('GET', list)).status, 200);
  bystander.close();

  assert.match(await countersign(...(await asOperator('session', session, '--off'))), /no longer locked/);
  assert.equal((await reporter.call('GET', list)).status, 200);
});

test('a lock ends what runs within a second, and lets nothing new in until it is lifted', async (t) => {
  const opened = await openStreams();
  const bystander = await site.as('other').open('GET', WATCH);
  const args = await asOperator('agent', 'reporter', '--reason', 'it reads too much');
  const locked = await countersign(...args);
  assert.match(locked, new RegExp(`agent reporter is locked; exchanges that ended: ${streams.length}`));
  await assertCutWithin(t, WITHIN_MS, opened, await timeOfLast('lock'));
  for (const { end } of await endsOf(opened)) assert.deepEqual(end, ['cut', 'ERR_AGENT_LOCKED']);
  const last = await opened[0]?.lines.find((line) => line.includes('"ERROR"'));
  const { type, object } = JSON.parse(String(last));
  assert.deepEqual([type, object.kind, object.reason, object.code], ['ERROR', 'Status', 'Forbidden', 403]);
  assert.match(object.message, /^a lock is on this agent/, 'a watcher is told why its watch ends');

  const metadata = { name: 'still-there' };
  const made = await site.lab('lab').admin.request('POST', '/api/v1/namespaces/demo/configmaps', { metadata });
  assert.equal(made.status, 201);
  await bystander.lines.find((line) => line.includes('"still-there"'));
  bystander.close();

  const { code, stderr } = await reporter.kubectl('get', 'configmaps');
  assert.equal(code, 1);
  assert.match(stderr, /a lock is on this agent/);
  const locks = (await site.records()).filter(({ record }) => record.type === 'lock' && record.kind === 'agent');
  assert.equal(locks.length, 1);

  assert.match(await countersign(...(await asOperator('agent', 'reporter', '--off'))), /no longer locked/);
  assert.equal((await reporter.call('GET', '/api/v1/namespaces/demo/configmaps')).status, 200);
  const twice = await runCountersign(...(await asOperator('agent', 'reporter', '--off')));
  assert.equal(twice.code, 1);
  assert.match(twice.stderr, /there is no lock on agent reporter/);
});

test('a lock on a cluster ends what runs in it within a second, whoever runs it, until it is lifted', async (t) => {
  const opened = [...(await openStreams()), await site.as('other').open('GET', WATCH)];
  const locked = await countersign(...(await asOperator('cluster', 'lab')));
  assert.match(locked, new RegExp(`cluster lab is locked; exchanges that ended: ${opened.length}`));
  await assertCutWithin(t, WITHIN_MS, opened, await timeOfLast('lock'));
  for (const { end } of await endsOf(opened)) assert.deepEqual(end, ['cut', 'ERR_AGENT_LOCKED']);
  const list = '/api/v1/namespaces/demo/configmaps';
  assert.equal((await reporter.call('GET', list)).status, 403);
  assert.match(await countersign(...(await asOperator('cluster', 'lab', '--off'))), /no longer locked/);
  await eventually('its connector is back', async () => (await reporter.call('GET', list)).status === 200);
});

test('the end of a session ends what it has under way within a second, on record, and the next request begins another', async (t) => {
  const opened = await openStreams();
  const bystander = await site.as('other').open('GET', WATCH);
  const sessionOf = async (id: string | undefined) => {
    const own = (await site.records()).find(({ record }) => 'exchange' in record && record.exchange === id);
    return own !== undefined && 'session' in own.record ? `${own.record.session}` : '';
  };
  const session = await sessionOf(opened[0]?.id);
  const [, ...operator] = await asOperator();
  const over = await countersign('sessions', 'end', session, ...operator);
  assert.match(over, new RegExp(`is ended; exchanges that ended: ${streams.length}`));
  await assertCutWithin(t, WITHIN_MS, opened, await timeOfLast('session.end'));
  for (const { end } of await endsOf(opened)) assert.deepEqual(end, ['cut', 'ERR_ENDED']);
  const ends = (await site.records()).filter(
    ({ record }) => record.type === 'session.end' && record.session === session,
  );
  assert.deepEqual(
    ends.map(({ record }) => record.type === 'session.end' && record.reason),
    ['ended'],
  );
  assert.equal((await reporter.call('GET', '/api/v1/namespaces/demo/configmaps')).status, 200);
  const twice = await runCountersign('sessions', 'end', session, ...operator);
  assert.match(twice.stderr, /no session with this id is open/);
  bystander.close();
});

test('only operators lock', async () => {
  const agent = await site.file('agent', await site.token('reporter'));
  const args = ['lock', 'agent', 'other', '--control', site.control, '--ca', site.caFile, '--token-file', agent];
  const { code, stderr } = await runCountersign(...args);
  assert.equal(code, 1);
  assert.match(stderr, /role/);
});

test('other policies end what they no longer allow, and record that they looked', async (t) => {
  const opened = await openStreams();
  const epochs = () => site.records().then((all) => all.filter(({ record }) => record.type === 'policy.loaded').length);
  const before = await epochs();
  const written = Date.now();
  await site.writePolicies('lab', forbidding);
  await assertCutWithin(t, POLL_MS + SETTLE_MS + WITHIN_MS, opened, written);
  await eventually('the policies are on record', async () => (await epochs()) > before);
  for (const { end, types } of await endsOf(opened)) {
    assert.deepEqual(end, ['cut', 'ERR_POLICY_DENIED']);
    assert.ok(types.includes('decision'));
  }
  const records = (await site.records()).map(({ record }) => record);
  const timeOf = (type: string, id?: string) =>
    Math.max(
      ...records
        .filter((one) => one.type === type && (id === undefined || ('exchange' in one && one.exchange === id)))
        .map(({ ts }) => Date.parse(ts)),
    );
  for (const { id } of opened) assert.ok(timeOf('answer.end', id) - timeOf('policy.loaded') < WITHIN_MS);
  await site.writePolicies('lab', permitting);
  await eventually(
    'it may read again',
    async () => (await reporter.call('GET', WATCH.replace('?watch=true', ''))).status === 200,
  );
});

test('a registration that is taken out, or changed, ends what it let in', async (t) => {
  const removed = await openStreams();
  const registered = site.config;
  await site.configure(({ agents = [], ...config }) => ({
    ...config,
    agents: agents.filter(({ id }) => id !== 'reporter'),
  }));
  await untilCut(removed);
  await assertCutWithin(t, WITHIN_MS, removed, await timeOfLast('config.loaded'));
  for (const { end } of await endsOf(removed)) assert.deepEqual(end, ['cut', 'ERR_AGENT_UNREGISTERED']);

  await site.configure(() => registered);
  const regrouped = await openStreams();
  await site.configure(({ agents = [], ...config }) => ({
    ...config,
    agents: agents.map((agent) =>
      agent.id === 'reporter'
        ? { ...agent, clusters: [{ name: 'lab', groups: ['countersign:readers', 'countersign:others'] }] }
        : agent,
    ),
  }));
  await assertCutWithin(t, WITHIN_MS, regrouped, Date.now());
  for (const { end } of await endsOf(regrouped)) assert.deepEqual(end, ['cut', 'ERR_ENDED']);
});

test('a token that expires ends what it opened', async (t) => {
  const loaded = async () => (await site.records()).filter(({ record }) => record.type === 'config.loaded').length;
  const before = await loaded();
  await site.configure(({ agents = [], ...config }) => ({
    ...config,
    agents: [
      ...agents.filter(({ id }) => id !== 'reporter'),
      ...agents
        .filter(({ id }) => id === 'other')
        .map((agent) => ({ ...agent, id: 'reporter', match: { ...agent.match, subject: 'reporter' } })),
    ],
  }));
  await eventually('the registration is in force, and ends no stream any more', async () => (await loaded()) > before);
  const exp = Math.ceil(Date.now() / 1_000) + 15;
  const token = await site.provider.forge('reporter', () => ({ claims: { exp } }));
  const opened = await openStreams(token);
  assert.ok(Date.now() < exp * 1_000, 'they were opened while the token was good');
  await untilCut(opened);
  assert.ok(Date.now() >= exp * 1_000, 'they went on while the token was good');
  await assertCutWithin(t, WITHIN_MS, opened, exp * 1_000);
  for (const { end } of await endsOf(opened)) assert.deepEqual(end, ['cut', 'ERR_TOKEN_EXPIRED']);
});

test('all of it is on record', async () => {
  await assertJoined(site, ['lab']);
});
