// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import type { Config } from '../config/schema.ts';
import { AgentRegistry } from '../identity/agent-registry.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import { openDiskLog } from '../log/disk-log.ts';
import type { Log } from '../log/log.ts';
import { intentRecord, logPlace } from '../log/log-for-tests.ts';
import { observedLog } from '../log/observed-log.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { AgentDocument, Store } from '../store/store.ts';
import { type ControlParts, createControlApi, ROUTES } from './control-api.ts';
import { ExchangeIndex } from './exchange-index.ts';

const ISSUER = 'https://idp.example';
const NOW = new Date('2026-11-24T00:00:00Z');
const LOCK = { kind: 'agent', target: 'reporter', by: 'ann', reason: '', at: NOW.toISOString() } as const;

let root: string;
let store: Store;
let log: Log;
let registry: AgentRegistry;
const recorded: LogRecord[] = [];
const exchanges = new ExchangeIndex();

const agentDocument = (subject: string, more: Partial<AgentDocument> = {}): AgentDocument => ({
  source: 'config',
  state: 'enabled',
  owner: 'platform',
  purpose: 'tests',
  match: { issuer: ISSUER, subject },
  groups: [],
  clusters: { lab: { groups: [] } },
  ...more,
});

const AGENTS: Readonly<Record<string, AgentDocument>> = {
  reporter: agentDocument('reporter-subject'),
  other: agentDocument('other-subject'),
  disabled: agentDocument('disabled-subject', { state: 'disabled' }),
  expired: agentDocument('expired-subject', { expiresAt: NOW.toISOString() }),
  elsewhere: agentDocument('elsewhere-subject', { clusters: {} }),
};

before(async () => {
  const place = await logPlace();
  root = place.root;
  store = await openSqliteStore(join(root, 'state.db'));
  log = observedLog(await openDiskLog(place), (records, first) => {
    recorded.push(...records);
    exchanges.add(records, first);
  });
  registry = new AgentRegistry(store);
  for (const [id, document] of Object.entries(AGENTS)) await store.agents.insert(id, document);
  await registry.refresh();
});
after(async () => {
  await log.close();
  await store.close();
  await rm(root, { recursive: true });
});
beforeEach(() => recorded.splice(0));

/** What a good token says of its holder: here, the subject itself. */
function tokenOf(subject: string, more: Partial<TokenFacts> = {}) {
  const facts = {
    issuer: ISSUER,
    subject,
    names: [],
    groups: ['operators'],
    act: [],
    credentialDigest: '0'.repeat(64),
  };
  return { ...facts, expiresAt: NOW.getTime() + 60_000, ...more } as unknown as TokenFacts;
}

async function ask(token: TokenFacts, path: string, method = 'GET') {
  const authenticate = async () => ({ kind: 'authenticated', facts: token });
  const config = {
    issuers: [{ kind: 'oidc', name: 'idp', issuer: ISSUER }],
    agents: Object.entries(AGENTS).map(([id, { owner, match }]) => ({
      id,
      owner,
      match: { ...match, issuer: 'idp' },
    })),
    roles: { operator: [{ issuer: 'idp', group: 'operators' }], auditor: [], approver: [] },
  } as unknown as Config;
  const parts = {
    ...{ store, log, registry, exchanges, config: () => config, now: () => NOW },
    authenticator: () => ({ authenticate }) as unknown as Authenticator,
    onProblem: assert.ifError,
  } as unknown as ControlParts;
  const app = createControlApi(parts, () => '192.0.2.1');
  const headers = { authorization: 'Bearer a' };
  const answer = await app.request(`https://gateway${path}`, { method, headers });
  return { status: answer.status, body: JSON.parse((await answer.text()) || '{}') };
}

const principalOf = (id: string, kind: 'agent' | 'human' = 'agent') => ({ kind, id, owner: 'platform', act: [] });

type Outcome = Extract<LogRecord, { type: 'outcome' }>['result'];

/** Puts a write of an agent on record, as far as it came; returns its request id. */
async function written(agent: string, result?: Outcome): Promise<string> {
  const exchange = randomUUID();
  const common = { exchange, cluster: 'lab', principal: principalOf(agent) };
  await log.append([{ ...intentRecord(exchange), ...common } as LogRecord]);
  if (result) await log.append([{ type: 'outcome', ...common, result, status: 200 }]);
  return exchange;
}

async function refused(who: ReturnType<typeof principalOf>): Promise<string> {
  const exchange = randomUUID();
  const facts = { verdict: 'denied', fault: 'ERR_POLICY_DENIED', origin: 'policy', status: 403 } as const;
  await log.append([{ type: 'refusal', exchange, cluster: 'lab', principal: who, ...facts }]);
  return exchange;
}

const at = (id: string) => `/api/v1/exchanges/${id}`;
const reporter = tokenOf('reporter-subject');

test('an agent is told of its own request whether it was done, by what is on record of it, and by which rules', async () => {
  const cases = [
    ['done', 'done'],
    ['failed', 'not done'],
    ['not sent', 'not done'],
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
  const asked = recorded.filter((record) => record.type === 'control');
  assert.deepEqual([...new Set(asked.map(({ role }) => role))], ['agent']);
  assert.deepEqual([...new Set(asked.map(({ principal }) => principal?.id))], ['reporter']);
});

test('who acts for somebody asks as the agent that it is', async () => {
  const id = await written('reporter', 'done');
  const actor = { issuer: ISSUER, subject: 'reporter-subject' };
  const { status } = await ask(tokenOf('ann', { act: [actor] } as Partial<TokenFacts>), at(id));
  assert.equal(status, 200);
  const [by] = recorded.filter((record) => record.type === 'control');
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

test('an agent has nothing else of this API, whatever its groups', async () => {
  for (const [route, methods] of Object.entries(ROUTES)) {
    if (route === '/api/v1/exchanges/:id') continue;
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
  await store.locks.insert('cluster:lab', { ...LOCK, kind: 'cluster', target: 'lab' });
  await registry.refresh();
  assert.equal((await ask(reporter, at(id))).status, 404);
  await store.locks.insert('agent:reporter', LOCK);
  await registry.refresh();
  assert.equal((await ask(reporter, at(id))).status, 403);
});
