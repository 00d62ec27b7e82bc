// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import type { Config } from '../config/schema.ts';
import { Strangers } from '../limits/strangers.ts';
import { StoreError } from '../store/store-error.ts';
import { createControlApi, ROUTES } from './control-api.ts';
import { ExchangeIndex } from './exchange-index.ts';

const ISSUER = 'https://idp.example.com';
const REFERENCE = new URL('../../../../docs/reference/control-api.md', import.meta.url);

/** The API for one operator, whose token is `operator`; and what it put on record. */
function api() {
  const recorded: LogRecord[] = [];
  const problems: unknown[] = [];
  const config = {
    issuers: [{ kind: 'oidc', name: 'people', issuer: ISSUER }],
    roles: { operator: [{ issuer: 'people', group: 'operators' }], auditor: [], approver: [] },
  } as unknown as Config;
  const facts = { issuer: ISSUER, subject: 'ann', groups: ['operators'], act: [], credentialDigest: '0'.repeat(64) };
  const authenticator = {
    authenticate: async (token: string) => {
      if (token === 'operator') return { kind: 'authenticated', facts };
      if (token === 'agent') return { kind: 'authenticated', facts: { ...facts, subject: 'robot' } };
      return token === 'early' ? { kind: 'unavailable', issuer: ISSUER } : { kind: 'refused', reason: 'signature' };
    },
  };
  const unknown: string[] = [];
  const parts = {
    config: () => config,
    authenticator: () => authenticator,
    store: {
      clusters: { list: async () => [] },
      agents: {
        get: async (id: string) => {
          throw new StoreError(id.length > 256 ? 'ERR_STORE_ID' : 'ERR_STORE_UNAVAILABLE', 'no');
        },
      },
    },
    registry: {
      lookup: (_: string, subject: string) =>
        subject === 'robot' ? { kind: 'agent', id: 'reporter', owner: 'bob', enabled: false } : undefined,
    },
    now: () => new Date(),
    exchanges: new ExchangeIndex(() => new Date(0)),
    log: {
      append: async (records: readonly LogRecord[]) => {
        recorded.push(...records);
        return { index: 0 };
      },
    },
    onOwners: () => undefined,
    strangers: new Strangers(() => new Date(0)),
    onRefused: (fault: string, who: object) => unknown.push(`${fault} ${Object.values(who).join()}`),
    onProblem: (error: unknown) => problems.push(error),
  } as unknown as Parameters<typeof createControlApi>[0];
  const app = createControlApi(parts, () => '192.0.2.1');
  const ask = (method: string, path: string, token = 'operator') =>
    app.request(`https://gateway${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  return { app, ask, recorded, problems, unknown };
}

test('a request is on record by the method that it had', async () => {
  const { ask, recorded } = api();
  const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'];
  for (const method of methods) await ask(method, '/api/v1/clusters');
  assert.deepEqual(
    recorded.map((record) => record.type === 'control' && [record.method, record.route, record.status]),
    methods.map((method) => [
      method === 'PROPFIND' ? 'other' : method,
      '/api/v1/clusters',
      method === 'GET' || method === 'HEAD' ? 200 : 405,
    ]),
  );
});

test('a route that does not take the method says which it takes; what is no route is not found', async () => {
  const { ask, recorded } = api();
  const wrong = await ask('DELETE', '/api/v1/clusters/lab/join-tokens');
  assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'POST']);
  assert.match(await wrong.text(), /takes POST"/);
  assert.equal((await ask('GET', '/api/v1/nothing')).status, 404);
  assert.equal((await ask('GET', '/api/v1/locks/agent/reporter')).status, 405);
  assert.deepEqual(
    recorded.slice(1).map((record) => record.type === 'control' && record.route),
    ['none', '/api/v1/locks/:kind/:target'],
  );
});

test('who is known and has no role is on record by name; who is unknown is counted, by why', async () => {
  const { ask, recorded, unknown } = api();
  assert.equal((await ask('GET', '/api/v1/agents', 'agent')).status, 403);
  const [record] = recorded;
  assert.ok(record?.type === 'control');
  const { principal, role, status, route } = record;
  assert.deepEqual([principal?.kind, principal?.id, principal?.owner], ['agent', 'reporter', 'bob']);
  assert.deepEqual([role, status, route], [undefined, 403, '/api/v1/agents']);
  assert.equal((await ask('GET', '/api/v1/agents', 'forged')).status, 401);
  assert.equal((await ask('GET', '/api/v1/agents', 'early')).status, 503);
  assert.equal((await ask('GET', '/api/v1/agents', '')).status, 401);
  assert.deepEqual(unknown, [
    'ERR_TOKEN_REFUSED 192.0.2.1',
    'ERR_IDENTITY_UNAVAILABLE 192.0.2.1',
    'ERR_TOKEN_MISSING 192.0.2.1',
  ]);
  assert.equal(recorded.length, 1);
});

test('who is known, has no role and asks again and again does not fill the log', async () => {
  const { ask, recorded, unknown } = api();
  for (let times = 0; times < 100; times += 1) await ask('GET', '/api/v1/me', 'agent');
  assert.deepEqual(
    [recorded.length, unknown.length, new Set(unknown)],
    [30, 70, new Set(['ERR_ROLE_MISSING 192.0.2.1'])],
  );
});

test('nothing is read of the body of a stranger; of one who is known it has a limit', async () => {
  const { app, recorded, problems } = api();
  const send = async (token: string, length: number, body: ReadableStream | string) => {
    const headers = { authorization: `Bearer ${token}`, 'content-length': String(length) };
    const request = new Request('https://gateway/api/v1/locks', { method: 'POST', headers, body, duplex: 'half' });
    return (await app.request(request)).status;
  };
  let pulls = 0;
  const pull = () => {
    pulls += 1;
  };
  const body = new ReadableStream({ pull }, { highWaterMark: 0 });
  assert.equal(await send('forged', 20_000, body), 401);
  assert.deepEqual([pulls, problems], [0, []]);
  assert.equal(await send('operator', 20_000, 'x'.repeat(20_000)), 413);
  assert.deepEqual(
    recorded.map((record) => record.type === 'control' && record.status),
    [413],
  );
});

test('an id that nothing can have is not found; a store that can not answer is told to the operator, not to the caller', async () => {
  const { ask, recorded, problems } = api();
  assert.equal((await ask('GET', `/api/v1/agents/${'a'.repeat(3_000)}`)).status, 404);
  assert.deepEqual(problems, []);
  const failed = await ask('GET', '/api/v1/agents/reporter');
  assert.deepEqual([failed.status, problems.length], [503, 1]);
  assert.doesNotMatch(await failed.text(), /ERR_/);
  assert.deepEqual(
    recorded.map((record) => record.type === 'control' && record.status),
    [404, 503],
  );
});

test('the reference names every route with its methods', async () => {
  const page = await readFile(REFERENCE, 'utf8');
  const named = [...page.matchAll(/^## `([A-Z]+) (\/\S+)`$/gm)].map(([, method, route]) => `${method} ${route}`);
  const routes = Object.entries(ROUTES).flatMap(([route, methods]) => methods.map((method) => `${method} ${route}`));
  assert.deepEqual(named.sort(), routes.sort());
});
