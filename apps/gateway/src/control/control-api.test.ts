// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import type { Config } from '../config/schema.ts';
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
    agents: [],
    roles: { operator: [{ issuer: 'people', group: 'operators' }], auditor: [] },
  } as unknown as Config;
  const facts = { issuer: ISSUER, subject: 'ann', groups: ['operators'], act: [], credentialDigest: '0'.repeat(64) };
  const authenticator = { authenticate: async () => ({ kind: 'authenticated', facts }) };
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
    exchanges: new ExchangeIndex(),
    log: {
      append: async (records: readonly LogRecord[]) => {
        recorded.push(...records);
        return { index: 0 };
      },
    },
    onUnknownCaller: () => {},
    onProblem: (error: unknown) => problems.push(error),
  } as unknown as Parameters<typeof createControlApi>[0];
  const app = createControlApi(parts, () => '192.0.2.1');
  const ask = (method: string, path: string) =>
    app.request(`https://gateway${path}`, { method, headers: { authorization: 'Bearer operator' } });
  return { ask, recorded, problems };
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
  assert.equal(recorded[1]?.type === 'control' && recorded[1].route, 'none');
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
