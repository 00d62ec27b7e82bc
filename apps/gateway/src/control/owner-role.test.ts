// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import type { Config } from '../config/schema.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import { authorizeToken } from './authorize.ts';
import { ROUTES } from './control-api.ts';
import { ISSUER, NOW, openControlApi, tokenOf } from './control-api-for-tests.ts';

let api: Awaited<ReturnType<typeof openControlApi>>;

before(async () => {
  api = await openControlApi();
});
after(() => api?.close());

const owner = tokenOf('platform', { groups: [] });
const EFFECT = {
  effect: {
    digest: '0'.repeat(64),
    object: undefined,
    summary: 'patch it',
    changes: [{ path: 'data.tone', before: '"warm"' }],
    omitted: 0,
  },
};
const idsOf = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id);

/** An exchange on record of somebody; returns its id. */
async function exchangeOf(id: string, kind: 'agent' | 'human' = 'agent'): Promise<string> {
  const exchange = randomUUID();
  const facts = { verdict: 'denied', fault: 'ERR_POLICY_DENIED', origin: 'policy', status: 403 } as const;
  const principal = { kind, id, owner: 'platform', act: [] };
  await api.log.append([{ type: 'refusal', exchange, cluster: 'lab', principal, ...facts } satisfies LogRecord]);
  return exchange;
}

test('an owner sees approvals, exchanges and agents of theirs; others are none', async () => {
  const [own, others] = [await api.asks('reporter', EFFECT), await api.asks('theirs', theirs())];
  const listed = idsOf((await api.ask(owner, '/api/v1/approvals')).body.items);
  assert.deepEqual([listed.includes(own), listed.includes(others)], [true, false]);
  assert.equal((await api.ask(owner, `/api/v1/approvals/${others}`)).status, 404);
  const shown = await api.ask(owner, `/api/v1/approvals/${own}`);
  assert.deepEqual([shown.status, shown.body.effect], [200, { summary: 'patch it', changes: [], omitted: 1 }]);
  const both = await api.ask(tokenOf('platform', { groups: ['approvers'] }), `/api/v1/approvals/${own}`);
  assert.equal(both.body.effect.changes.length, 1, 'who may countersign it sees what it does');

  const [done, another, human] = [
    await exchangeOf('reporter'),
    await exchangeOf('theirs'),
    await exchangeOf('reporter', 'human'),
  ];
  const exchanges = idsOf((await api.ask(owner, '/api/v1/exchanges')).body.items);
  assert.deepEqual(
    [done, another, human].map((id) => exchanges.includes(id)),
    [true, false, false],
  );
  for (const [id, status] of [
    [done, 200],
    [another, 404],
    [human, 404],
  ] as const)
    assert.equal((await api.ask(owner, `/api/v1/exchanges/${id}`)).status, status);

  const agents = idsOf((await api.ask(owner, '/api/v1/agents')).body.items);
  assert.deepEqual([agents.includes('reporter'), agents.includes('theirs')], [true, false]);
  assert.equal((await api.ask(owner, '/api/v1/agents/theirs')).status, 404);
  const mine = (await api.ask(owner, '/api/v1/me')).body.agents;
  assert.deepEqual(mine.toSorted(), agents.toSorted(), 'who asks who they are is told of the same agents');
  const named = tokenOf('nobody', { names: ['platform'] });
  assert.deepEqual((await api.ask(named, '/api/v1/me')).body.agents, [], 'a name that may be theirs makes no owner');
  assert.deepEqual((await api.ask(owner, '/api/v1/grants')).body, { items: [] });
});

test('an owner sees the locks on agents of theirs, and no others', async () => {
  const operator = tokenOf('ann');
  for (const target of ['reporter', 'theirs'])
    await api.ask(operator, '/api/v1/locks', 'POST', { kind: 'agent', target, reason: 'looked at' });
  for (const target of ['platform', 'somebody'])
    await api.ask(operator, '/api/v1/locks', 'POST', { kind: 'owner', target });
  await api.ask(operator, '/api/v1/locks', 'POST', { kind: 'cluster', target: 'lab' });
  const seen = async (token: TokenFacts) =>
    (await api.ask(token, '/api/v1/locks')).body.items.map(({ kind, target }: { kind: string; target: string }) => [
      kind,
      target,
    ]);
  assert.deepEqual(await seen(owner), [
    ['agent', 'reporter'],
    ['owner', 'platform'],
  ]);
  assert.equal((await seen(operator)).length, 5);
  for (const path of ['agent/reporter', 'agent/theirs', 'owner/platform', 'owner/somebody', 'cluster/lab'])
    await api.ask(operator, `/api/v1/locks/${path}`, 'DELETE');
});

/** Of an agent whose owner is somebody else. */
function theirs() {
  const { issuer, subject } = tokenOf('theirs-subject');
  return { requester: { issuer, subject, id: 'theirs', owner: 'somebody', purpose: '', act: [] } };
}

test('an owner disables and locks agents of theirs, and lifts nothing', async () => {
  const disable = (id: string) => api.ask(owner, `/api/v1/agents/${id}/disable`, 'POST');
  assert.deepEqual([(await disable('api')).body.state, (await disable('theirs')).status], ['disabled', 403]);
  assert.equal((await api.ask(owner, '/api/v1/agents/api/enable', 'POST')).status, 403);
  const lock = (kind: string, target: string) => api.ask(owner, '/api/v1/locks', 'POST', { kind, target });
  assert.equal((await lock('agent', 'reporter')).status, 201);
  for (const [kind, target] of [
    ['agent', 'theirs'],
    ['agent', 'nobody'],
    ['owner', 'platform'],
    ['cluster', 'lab'],
  ] as const)
    assert.equal((await lock(kind, target)).status, 403, `${kind} ${target}`);
  assert.equal((await api.ask(owner, '/api/v1/locks/agent/reporter', 'DELETE')).status, 403);
});

test('an owner has nothing else of this API', async () => {
  const open = [
    '/api/v1/approvals',
    '/api/v1/exchanges',
    '/api/v1/grants',
    '/api/v1/agents',
    '/api/v1/locks',
    '/api/v1/me',
    '/api/v1/openapi.json',
    '/api/v1/events',
  ];
  for (const [route, methods] of Object.entries(ROUTES)) {
    const path = route.replaceAll(/:\w+/g, 'reporter');
    for (const method of methods) {
      if (method === 'GET' && open.some((own) => route === own || route === `${own}/:id`)) continue;
      const posted = ['/api/v1/agents/:id/disable', '/api/v1/locks', '/api/v1/grants', '/api/v1/grants/:id/revoke'];
      if (posted.includes(route) && method === 'POST') continue;
      assert.equal((await api.ask(owner, path, method)).status, 403, `${method} ${path}`);
    }
  }
});

test('who is an owner is said by an issuer that is trusted to, in the claim that it is trusted in', async () => {
  const registry = {
    lookup: () => undefined,
    hasOwner: (name: string) => name === 'ada' || name === 'ada@example.com',
  };
  const rolesOf = async (token: Partial<TokenFacts>, claim: 'sub' | 'email' = 'sub', issuer = 'idp') => {
    const config = {
      issuers: [{ kind: 'oidc', name: 'idp', issuer: ISSUER }],
      roles: { operator: [], auditor: [], approver: [], owner: [{ issuer, claim }] },
    } as unknown as Config;
    const facts = tokenOf('bob', { groups: [], names: ['ada', 'ada@example.com'], ...token });
    const authenticate = async () => ({ kind: 'authenticated', facts });
    const authenticator = () => ({ authenticate }) as unknown as Authenticator;
    const caller = await authorizeToken('a', 'bearer', {
      authenticator,
      config: () => config,
      registry,
      now: () => NOW,
    });
    return 'problem' in caller ? [] : [caller.roles, caller.owners];
  };
  const ada = [['owner'], ['ada']];
  assert.deepEqual(await rolesOf({ subject: 'ada' }), ada);
  assert.deepEqual(await rolesOf({ email: 'ada@example.com' }, 'email'), [['owner'], ['ada@example.com']]);
  for (const [token, claim, issuer] of [
    [{}, 'sub', 'idp'],
    [{ subject: 'Ada' }, 'sub', 'idp'],
    [{ subject: 'ada' }, 'email', 'idp'],
    [{ email: 'ada@example.com' }, 'sub', 'idp'],
    [{ subject: 'ada' }, 'sub', 'another'],
    [{ subject: 'ada', act: [{ issuer: ISSUER, subject: 'robot' }] }, 'sub', 'idp'],
  ] as const)
    assert.deepEqual(await rolesOf(token, claim, issuer), [], JSON.stringify([token, claim, issuer]));
});
