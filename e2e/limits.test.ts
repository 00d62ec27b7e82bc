// SPDX-License-Identifier: Apache-2.0
// Runs alone: how many requests pass in a time is counted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Answer } from './installation/call.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const SETTINGS = `${CONFIG_MAPS}/settings`;
/** Five seconds' worth may come at once. */
const BURST = 5;

let site: Installation;

before(async () => {
  const clusters = { lab: ['countersign:workers'] };
  site = await startInstallation({
    clusters: { lab: { policies: '@id("reads") permit (principal is Agent, action in Action::"read", resource);' } },
    agents: {
      loop: { clusters, limits: { requestsPerSecond: 1 } },
      watcher: { clusters, limits: { concurrentStreams: 2 } },
      hog: { clusters, limits: { bytesPerMinute: 65_536 } },
      calm: { clusters },
    },
  });
});
after(() => site?.stop());

/** Codes of the faults that were counted for an agent, with how often. */
async function counted(agent: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { record } of await site.records()) {
    if (record.type !== 'refusals' || record.agent !== agent) continue;
    assert.equal(record.cluster, 'lab');
    counts[record.fault] = (counts[record.fault] ?? 0) + record.count;
  }
  return counts;
}

function assertOverLimit(answer: Answer, code: string): void {
  assert.equal(answer.status, 429);
  const { reason, details } = answer.json;
  assert.deepEqual([reason, details.causes[0].reason], ['TooManyRequests', code]);
  assert.equal(answer.headers['retry-after'], String(details.retryAfterSeconds));
  assert.ok(details.retryAfterSeconds >= 1);
}

test('an agent in a loop is told to wait, is counted on record, and takes nothing from another', async () => {
  const began = performance.now();
  const sixty = (agent: string) => Promise.all(Array.from({ length: 60 }, () => site.as(agent).call('GET', SETTINGS)));
  const [answers, others] = await Promise.all([sixty('loop'), sixty('calm')]);
  const passed = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status !== 200);
  // Five at once, and one more for each second that it took.
  const most = BURST + Math.ceil((performance.now() - began) / 1_000);
  assert.ok(passed.length >= BURST && passed.length <= most, `${passed.length} of at most ${most}`);
  for (const answer of refused) assertOverLimit(answer, 'ERR_LIMIT_REQUESTS');
  assert.ok(others.every(({ status }) => status === 200));
  const all = { ERR_LIMIT_REQUESTS: refused.length };
  await eventually('all of it is counted', async () => (await counted('loop')).ERR_LIMIT_REQUESTS === refused.length);
  assert.deepEqual(await counted('loop'), all);
  const ids = new Set(refused.map(({ id }) => id));
  const records = await site.records();
  assert.ok(records.every(({ record }) => !('exchange' in record) || !ids.has(String(record.exchange))));
  const audited = await site.audit('lab');
  assert.ok(audited.every(({ auditID }) => !ids.has(auditID)));
});

test('a refusal is a tenth of a second late, so that a loop asks no faster', async () => {
  const loop = site.as('loop');
  let tookMs = 0;
  await eventually('it is over its limit', async () => {
    const began = performance.now();
    const { status } = await loop.call('GET', SETTINGS);
    tookMs = performance.now() - began;
    return status === 429;
  });
  assert.ok(tookMs >= 99, `${tookMs} ms`);
});

test('kubectl waits as it is told and then succeeds', async () => {
  await Promise.all(Array.from({ length: 12 }, () => site.as('loop').call('GET', SETTINGS)));
  const { code, stdout } = await site.as('loop').kubectl('get', 'configmap', 'settings', '-o', 'name');
  assert.deepEqual([code, stdout.trim()], [0, 'configmap/settings']);
});

test('watches count until they end', async () => {
  const watcher = site.as('watcher');
  const watches = [
    await watcher.open('GET', `${CONFIG_MAPS}?watch=true`),
    await watcher.open('GET', `${CONFIG_MAPS}?watch=true`),
  ];
  assert.deepEqual(
    watches.map(({ status }) => status),
    [200, 200],
  );
  assertOverLimit(await watcher.call('GET', SETTINGS), 'ERR_LIMIT_STREAMS');
  watches[0]?.close();
  await eventually('there is room again', async () => (await watcher.call('GET', SETTINGS)).status === 200);
  watches[1]?.close();
});

test('bytes count when they have flowed', async () => {
  const hog = site.as('hog');
  const first = await hog.call('GET', '/openapi/v2', { headers: { accept: 'application/json' } });
  assert.equal(first.status, 200);
  assert.ok(first.text.length > 65_536);
  const answer = await hog.call('GET', SETTINGS);
  assertOverLimit(answer, 'ERR_LIMIT_BYTES');
  assert.ok(Number(answer.headers['retry-after']) <= 60);
});
