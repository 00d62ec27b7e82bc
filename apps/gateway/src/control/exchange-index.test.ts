// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { intentRecord } from '../log/log-for-tests.ts';
import { ExchangeIndex } from './exchange-index.ts';

test('a caller that chooses long names does not choose how much memory the view takes', () => {
  const index = new ExchangeIndex(() => new Date(0));
  const exchange = '4f4d2a0e-7f5e-4c55-9d1c-4f6f1c1a2b3c';
  const name = 'n'.repeat(60_000);
  const request = {
    kind: 'resource' as const,
    lane: 'read' as const,
    verb: 'get',
    group: '',
    version: 'v1',
    namespace: 'demo',
    resource: 'pods',
    subresource: '',
    name,
    dryRun: false,
  };
  index.add(
    [
      {
        type: 'refusal',
        exchange,
        cluster: 'lab',
        request,
        verdict: 'denied',
        fault: 'ERR_NO_LANE',
        origin: 'policy',
        status: 403,
      },
    ],
    7,
  );
  const found = index.get(exchange);
  assert.deepEqual(found?.request, { ...request, name: `${name.slice(0, 511)}…` });
});

const AT = '2026-01-01T00:00:00.000000Z';
const MANY = 25_000;

function refusalOf(exchange: string): LogRecord {
  const facts = { verdict: 'denied', fault: 'ERR_POLICY_DENIED', origin: 'policy', status: 403 } as const;
  return { type: 'refusal', exchange, cluster: 'lab', ...facts };
}

/** One that was done, one whose end is not on record, and then so many others that a view does not hold them. */
function story() {
  const [done, lost] = [randomUUID(), randomUUID()];
  const writes = [
    intentRecord(done),
    intentRecord(lost),
    { type: 'outcome', exchange: done, result: 'done', status: 200 },
  ];
  const others = Array.from({ length: MANY }, () => refusalOf(randomUUID()));
  return { done, lost, records: [...writes, ...others] as LogRecord[], first: others[0], last: others.at(-1) };
}

const idOf = (record: LogRecord | undefined) => (record?.type === 'refusal' ? record.exchange : '');

test('what became of a write is kept, however many others are refused or read meanwhile', () => {
  const { done, lost, records, first, last } = story();
  const index = new ExchangeIndex(() => new Date(0));
  for (const [at, record] of records.entries()) index.add([record], at);
  const states = [done, lost, idOf(first), idOf(last)].map((id) => index.get(id)?.state);
  assert.deepEqual(states, ['done', 'open', undefined, 'not done']);
});

test('what the end of a log tells is taken up at the start, with its times and places', async () => {
  const { done, lost, records, first, last } = story();
  const index = new ExchangeIndex(() => new Date(0));
  async function* entries() {
    for (const [at, record] of records.entries()) yield { index: at + 7, text: JSON.stringify({ ...record, ts: AT }) };
    yield { index: 0, text: JSON.stringify({ type: 'config', note: '"type":"intent"' }) };
  }
  await index.takeUp(entries());
  const { state, at, index: place, status } = index.get(done) ?? assert.fail();
  assert.deepEqual([state, at, place, status], ['done', AT, 7, 200]);
  assert.deepEqual(
    [lost, idOf(first), idOf(last)].map((id) => index.get(id)?.state),
    ['open', undefined, 'not done'],
  );
  index.add([{ type: 'outcome', exchange: lost, result: 'unknown', reason: 'recovery' }], 99);
  assert.deepEqual([index.get(lost)?.state, index.get(lost)?.index], ['unknown', 8]);
});
