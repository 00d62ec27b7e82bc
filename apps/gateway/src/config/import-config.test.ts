// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { planImport } from './import-config.ts';
import type { Config } from './schema.ts';

let dir: string;
let store: Store;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-import-'));
  store = await openSqliteStore(join(dir, 'state.db'));
});
after(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

const config = (...names: string[]) =>
  ({ issuers: [], clusters: names.map((name) => ({ name, description: '' })), agents: [] }) as unknown as Config;
const typesOf = ({ records }: Awaited<ReturnType<typeof planImport>>) => records.map(({ type }) => type);

test('nothing is in the store before its record is durable, and nothing goes unsaid for an attempt that failed', async () => {
  const first = await planImport(config('a', 'b'), store);
  assert.deepEqual(typesOf(first), ['cluster.registered', 'cluster.registered']);
  assert.deepEqual(await store.clusters.list(), []);
  // The append of the records failed: the next attempt has them all.
  const second = await planImport(config('a', 'b'), store);
  assert.deepEqual(second.records, first.records);
  await second.apply();
  assert.deepEqual(typesOf(await planImport(config('a', 'b'), store)), []);
  const third = await planImport(config('a'), store);
  assert.deepEqual(typesOf(third), ['cluster.removed']);
  await third.apply();
  assert.equal((await store.clusters.list()).length, 1);
});

test('a token whose agent the file names no more, or knows by another one, stays one that was an agent', async () => {
  const agent = (subject: string) => ({
    ...{ id: 'scribe', owner: 'ada', purpose: 'tests', groups: [], clusters: [], waits: true },
    match: { issuer: 'idp', subject },
  });
  const issuers = [{ name: 'idp', issuer: 'https://idp.example' }];
  const importing = async (...agents: object[]) => {
    const plan = await planImport({ issuers, clusters: [], agents } as unknown as Config, store);
    await plan.apply();
    return (await store.formerAgents.list()).map(({ value }) => value.match.subject).toSorted();
  };
  assert.deepEqual(await importing(agent('first')), []);
  assert.deepEqual(await importing({ ...agent('first'), purpose: 'another' }), []);
  assert.deepEqual(await importing(agent('second')), ['first']);
  assert.deepEqual(await importing(), ['first', 'second']);
});

test('a change by somebody else between plan and import is not overwritten', async () => {
  const plan = await planImport(config('a', 'c'), store);
  await store.clusters.insert('c', { source: 'api', description: 'by the API' });
  await assert.rejects(plan.apply(), { code: 'ERR_STORE_UNAVAILABLE' });
  assert.equal((await store.clusters.get('c'))?.value.description, 'by the API');
});
