// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { intentRecord } from '../log/log-for-tests.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { ExchangeIndex } from './exchange-index.ts';
import { SharedWrites } from './shared-writes.ts';

const HOUR_MS = 3_600_000;

let dir: string;
let store: Store;
let nowMs = Date.parse('2026-01-01T05:59:00Z');

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-shared-writes-'));
  store = await openSqliteStore(join(dir, 'state.db'));
});
after(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

type Writes = Store['writes'];

/** A gateway, with what it puts on record. */
function gateway(changed: Partial<Writes> = {}, maxInBlock = 1_000) {
  const problems: unknown[] = [];
  const writes = { ...store.writes, ...changed };
  const now = () => new Date(nowMs);
  const exchanges = new ExchangeIndex(now);
  const shared = new SharedWrites({ writes, exchanges, now, maxInBlock, onProblem: (error) => problems.push(error) });
  const record = (...records: LogRecord[]) => {
    exchanges.add(records, 0);
    shared.observe(records);
  };
  return { shared, problems, record };
}

const principal = { kind: 'agent', id: 'worker', owner: 'ada', act: [] } as const;
const intentOf = (exchange: string) => Object.assign(intentRecord(exchange), { principal });
const outcomeOf = (exchange: string): LogRecord => ({ type: 'outcome', exchange, result: 'done', status: 200 });

test('other gateways know a write from its intent on, and what became of it, for a day', async () => {
  const [one, other] = [gateway(), gateway()];
  const exchange = randomUUID();
  one.record(intentOf(exchange));
  await one.shared.stored();
  const begun = await other.shared.find(exchange);
  assert.deepEqual([begun?.state, begun?.cluster, begun?.isOfAgent], ['open', 'lab', true]);
  nowMs += HOUR_MS;
  one.record(outcomeOf(exchange));
  await one.shared.stored();
  const ended = await other.shared.find(exchange);
  assert.deepEqual([ended?.state, ended?.status, ended && 'index' in ended], ['done', 200, false]);
  nowMs += 23 * HOUR_MS;
  await other.shared.forgetOld();
  assert.equal((await other.shared.find(exchange))?.state, 'done');
  nowMs += 6 * HOUR_MS;
  await other.shared.forgetOld();
  assert.deepEqual([await other.shared.find(exchange), await store.writes.list()], [undefined, []]);
});

test('what had no intent is not there, nor anything under what is no id', async () => {
  const one = gateway();
  const exchange = randomUUID();
  one.record({ type: 'refusal', exchange, verdict: 'denied', fault: 'ERR_NO_LANE', origin: 'policy', status: 403 });
  await one.shared.stored();
  assert.equal(await one.shared.find(exchange), undefined);
  for (const id of ['', '/', 'x'.repeat(300)]) assert.equal(await one.shared.find(id), undefined);
});

test('of many at once, each is stored as it ended', async () => {
  const one = gateway();
  const all = Array.from({ length: 200 }, () => randomUUID());
  for (const exchange of all) one.record(intentOf(exchange));
  for (const exchange of all) one.record(outcomeOf(exchange));
  await one.shared.stored();
  for (const exchange of all) assert.equal((await one.shared.find(exchange))?.state, 'done');
});

test('a store that fails keeps nobody waiting, and is told once; what comes later is stored', async () => {
  let fails = true;
  const insert = async (...args: Parameters<Writes['insert']>) => {
    if (fails) throw new StoreError('ERR_STORE_UNAVAILABLE', 'gone');
    return store.writes.insert(...args);
  };
  const one = gateway({ insert });
  const [lost, later] = [randomUUID(), randomUUID()];
  one.record(intentOf(lost));
  await one.shared.stored();
  assert.equal(one.problems.length, 1);
  fails = false;
  one.record(intentOf(later), outcomeOf(later), outcomeOf(lost));
  await one.shared.stored();
  assert.deepEqual([(await one.shared.find(later))?.state, (await one.shared.find(lost))?.state], ['done', 'done']);
});

test('no more writes are stored than there is room for, until six hours are over', async () => {
  const [one, other] = [gateway({}, 2), gateway()];
  const [first, second, third, later] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  one.record(intentOf(first), intentOf(second), intentOf(third));
  await one.shared.stored();
  nowMs += 6 * HOUR_MS;
  one.record(intentOf(later));
  await one.shared.stored();
  const known = await Promise.all([first, second, third, later].map((exchange) => other.shared.find(exchange)));
  assert.deepEqual(
    known.map((found) => found?.state),
    ['open', 'open', undefined, 'open'],
  );
});
