// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { OpenWrites } from './open-writes.ts';

const BEGUN = Date.parse('2026-01-01T00:00:00Z');
const QUARTER_MS = 15 * 60_000;
const write = { approval: 'an approval', exchange: 'an exchange' };

let dir: string;
let store: Store;
let nowMs = BEGUN;
const problems: unknown[] = [];

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-open-writes-'));
  store = await openSqliteStore(join(dir, 'state.db'));
});
after(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

function openWrites(gateway = 'one', writes = store.openWrites): OpenWrites {
  return new OpenWrites({ writes, gateway, now: () => new Date(nowMs), onProblem: (error) => problems.push(error) });
}

function outcomeOf(exchange: string, result: 'done' | 'failed' | 'not sent' | 'unknown'): LogRecord {
  return { type: 'outcome', exchange, result };
}

const exchangeInDoubt = async (by: OpenWrites, request: string) => (await by.doubt(request))?.exchange;

test('a write is in doubt, at every gateway, until it is on record what became of it', async () => {
  const [one, other] = [openWrites(), openWrites('other')];
  for (const result of ['done', 'failed', 'not sent'] as const) {
    assert.equal(await one.begin(result, write), true);
    assert.equal(await exchangeInDoubt(other, result), write.exchange);
    await one.settle([outcomeOf('another exchange', 'done')]);
    assert.equal(await other.begin(result, { ...write, exchange: 'a second' }), false);
    await one.settle([outcomeOf(write.exchange, result)]);
    assert.equal(await exchangeInDoubt(other, result), undefined);
  }
});

test('what was refused after all is in doubt no more', async () => {
  const one = openWrites();
  await one.begin('refused', write);
  const { exchange } = write;
  const refusal = { verdict: 'not served', fault: 'ERR_LOG_FULL', origin: 'gateway', status: 503 } as const;
  await one.settle([{ type: 'refusal', exchange, ...refusal }]);
  assert.equal(await exchangeInDoubt(one, 'refused'), undefined);
});

test('of what nobody knows, a request is told for a quarter of an hour', async () => {
  nowMs = BEGUN;
  const one = openWrites();
  await one.begin('unknown', write);
  await one.settle([outcomeOf(write.exchange, 'unknown')]);
  nowMs = BEGUN + QUARTER_MS - 1;
  assert.equal((await one.doubt('unknown'))?.until.getTime(), BEGUN + QUARTER_MS);
  nowMs += 1;
  assert.equal(await one.doubt('unknown'), undefined);
  assert.equal(await one.begin('unknown', { ...write, exchange: 'a later' }), true);
  assert.equal(await exchangeInDoubt(one, 'unknown'), 'a later');
  nowMs += QUARTER_MS;
  await one.forgetOld();
  assert.equal(await store.openWrites.get('unknown'), undefined);
});

test('after a crash a gateway forgets those of its own of which its log knows, and no other', async () => {
  await openWrites().begin('known', { ...write, exchange: 'known' });
  await openWrites().begin('lost', { ...write, exchange: 'lost' });
  await openWrites('other').begin('of another', { ...write, exchange: 'of another' });
  const asked: (readonly string[])[] = [];
  await openWrites().reconcile(async (exchanges) => {
    asked.push(exchanges);
    return new Set(['known', 'of another']);
  });
  assert.deepEqual(asked, [['known', 'lost']]);
  const left = await Promise.all(['known', 'lost', 'of another'].map((key) => exchangeInDoubt(openWrites(), key)));
  assert.deepEqual(left, [undefined, 'lost', 'of another']);
});

test('an outcome that is on record stands, also when it can not be said here', async () => {
  const broken = { ...store.openWrites, remove: async () => assert.fail('the store is gone') };
  const one = openWrites('one', broken);
  await one.begin('kept', write);
  await one.settle([outcomeOf(write.exchange, 'done')]);
  assert.equal(problems.length, 1);
  assert.equal(await exchangeInDoubt(one, 'kept'), write.exchange);
});
