// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import type { TokenFacts } from '../identity/authentication.ts';
import { intentRecord } from '../log/log-for-tests.ts';
import { ROUTES } from './control-api.ts';
import { ISSUER, NOW, openControlApi, tokenOf } from './control-api-for-tests.ts';
import { ExchangeIndex } from './exchange-index.ts';
import { SharedWrites } from './shared-writes.ts';

const LOCK = { kind: 'agent', target: 'reporter', by: 'ann', reason: '', at: NOW.toISOString() } as const;

let api: Awaited<ReturnType<typeof openControlApi>>;

before(async () => {
  api = await openControlApi();
});
after(() => api?.close());
beforeEach(() => api.recorded.splice(0));

const ask: (typeof api)['ask'] = (...asked) => api.ask(...asked);

const principalOf = (id: string, kind: 'agent' | 'human' = 'agent') => ({ kind, id, owner: 'platform', act: [] });

type Outcome = Extract<LogRecord, { type: 'outcome' }>['result'];

/** Puts a write of an agent on record, as far as it came; returns its request id. */
async function written(agent: string, result?: Outcome): Promise<string> {
  const exchange = randomUUID();
  const common = { exchange, cluster: 'lab', principal: principalOf(agent) };
  await api.log.append([{ ...intentRecord(exchange), ...common } as LogRecord]);
  if (result) await api.log.append([{ type: 'outcome', ...common, result, status: 200 }]);
  return exchange;
}

async function refused(who: ReturnType<typeof principalOf>): Promise<string> {
  const exchange = randomUUID();
  const facts = { verdict: 'denied', fault: 'ERR_POLICY_DENIED', origin: 'policy', status: 403 } as const;
  await api.log.append([{ type: 'refusal', exchange, cluster: 'lab', principal: who, ...facts }]);
  return exchange;
}

const at = (id: string) => `/api/v1/exchanges/${id}`;
const reporter = tokenOf('reporter-subject');

test('an agent is told of its own request whether it was done, by what is on record of it, and by which rules', async () => {
  const cases = [
    ['done', 'done'],
    ['failed', 'not done'],
    ['not sent', 'not done'],
    ['done in part', 'done in part'],
    ['unknown', 'unknown'],
    [undefined, 'unknown'],
  ] as const;
  for (const [result, state] of cases) {
    const id = await written('reporter', result);
    const { status, body } = await ask(reporter, at(id));
    assert.deepEqual([status, body.id, body.state], [200, id, state]);
    assert.deepEqual(body.decision, { effect: 'allow', rules: ['organisation/readers'] });
    assert.deepEqual([body.session, body.principal, body.index], [undefined, undefined, undefined]);
  }
  const denied = (await ask(reporter, at(await refused(principalOf('reporter'))))).body;
  assert.deepEqual([denied.state, denied.fault, denied.status], ['not done', 'ERR_POLICY_DENIED', 403]);
  const asked = api.recorded.filter((record) => record.type === 'control');
  assert.deepEqual([...new Set(asked.map(({ role }) => role))], ['agent']);
  assert.deepEqual([...new Set(asked.map(({ principal }) => principal?.id))], ['reporter']);
});

test('who acts for somebody asks as the agent that it is', async () => {
  const id = await written('reporter', 'done');
  const actor = { issuer: ISSUER, subject: 'reporter-subject' };
  const { status } = await ask(tokenOf('ann', { act: [actor] } as Partial<TokenFacts>), at(id));
  assert.equal(status, 200);
  const [by] = api.recorded.filter((record) => record.type === 'control');
  assert.deepEqual([by?.principal?.kind, by?.principal?.id], ['agent', 'reporter']);
  // The agent is who holds the token, not whom it is held for.
  const lent = tokenOf('reporter-subject', { act: [{ issuer: ISSUER, subject: 'ann' }] } as Partial<TokenFacts>);
  assert.equal((await ask(lent, at(id))).status, 403);
});

test("another's request, and one of a person of the same name, is answered as one that never was", async () => {
  const others = [await written('other', 'done'), await refused(principalOf('reporter', 'human'))];
  const { requestId: _, ...never } = (await ask(reporter, at(randomUUID()))).body;
  assert.equal(never.status, 404);
  for (const id of others) {
    const { requestId: __, ...problem } = (await ask(reporter, at(id))).body;
    assert.deepEqual(problem, never);
  }
});

test('of a write at another gateway of the store its agent is told, its operator, and nobody else', async () => {
  const [exchange, exchanges] = [randomUUID(), new ExchangeIndex(() => NOW)];
  const other = { writes: api.store.writes, exchanges, now: () => NOW, onProblem: assert.ifError };
  const there = new SharedWrites(other);
  const common = { exchange, cluster: 'lab', principal: principalOf('reporter') };
  const records = [
    Object.assign(intentRecord(exchange), common),
    { type: 'outcome', ...common, result: 'done' } as const,
  ];
  const states: unknown[] = [];
  for (const record of records) {
    exchanges.add([record], 0);
    there.observe([record]);
    await there.stored();
    states.push((await ask(reporter, at(exchange))).body.state, (await ask(tokenOf('ann'), at(exchange))).body.state);
  }
  assert.deepEqual(states, ['unknown', 'open', 'done', 'done']);
  assert.equal((await ask(tokenOf('other-subject'), at(exchange))).status, 404);
});

/** What an agent may ask for; the routes of approvals and grants tell it what it may do there. */
const ITS_OWN = [
  '/api/v1/openapi.json',
  '/api/v1/exchanges/:id',
  '/api/v1/explain',
  '/api/v1/plans',
  '/api/v1/events',
  '/api/v1/approvals',
  '/api/v1/approvals/:id',
  '/api/v1/approvals/:id/reason',
  '/api/v1/approvals/:id/withdraw',
  '/api/v1/grants',
  '/api/v1/grants/:id',
  '/api/v1/grants/:id/revoke',
];

test('an agent has nothing else of this API, whatever its groups', async () => {
  for (const [route, methods] of Object.entries(ROUTES)) {
    if (ITS_OWN.includes(route)) continue;
    for (const method of methods) {
      const path = route.replaceAll(/:\w+/g, 'reporter');
      assert.equal((await ask(reporter, path, method)).status, 403, `${method} ${path}`);
    }
  }
  assert.equal((await ask(reporter, '/api/v1/nothing')).status, 403);
  assert.equal((await ask(reporter, at('a'), 'DELETE')).status, 405);
});

test('who would not be let in is not answered either', async () => {
  assert.equal((await ask(tokenOf('disabled-subject'), at(await written('disabled', 'done')))).status, 403);
  assert.equal((await ask(tokenOf('expired-subject'), at(await written('expired', 'done')))).status, 403);
  assert.equal((await ask(tokenOf('elsewhere-subject'), at(await written('elsewhere', 'done')))).status, 404);
  const id = await written('reporter', 'done');
  await api.store.locks.insert('cluster:lab', { ...LOCK, kind: 'cluster', target: 'lab' });
  await api.registry.refresh();
  assert.equal((await ask(reporter, at(id))).status, 404);
  await api.store.locks.insert('agent:reporter', LOCK);
  await api.registry.refresh();
  assert.equal((await ask(reporter, at(id))).status, 403);
});

test('the latest exchanges come in pages, each but the last with what the next begins after', async () => {
  const operator = tokenOf('ann');
  const made: string[] = [];
  for (let count = 0; count < 5; count += 1) made.push(await written('pager', 'done'));
  const latestFirst = made.toReversed();
  const paths = '/api/v1/exchanges?agent=pager&limit=2';
  const pages: string[][] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const { status, body } = await ask(operator, next === '' ? paths : `${paths}&after=${next}`);
    assert.equal(status, 200);
    pages.push(body.items.map(({ id }: { readonly id: string }) => id));
    next = body.next;
  }
  assert.deepEqual(pages, [latestFirst.slice(0, 2), latestFirst.slice(2, 4), latestFirst.slice(4)]);
  for (const after of [randomUUID(), await written('reporter', 'done'), 'x']) {
    const { status, body } = await ask(operator, `${paths}&after=${after}`);
    assert.equal(status, 400);
    assert.match(body.detail, /after/);
  }
});
