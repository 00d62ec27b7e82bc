// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { openDiskLog } from '../log/disk-log.ts';
import type { Log } from '../log/log.ts';
import { observedLog } from '../log/observed-log.ts';
import { RefusalCounter } from './refusal-counter.ts';

test('what a full queue refuses is counted on, and on record with the next window', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-refusals-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const disk = await openDiskLog({
    home: join(dir, 'home'),
    keyDir: join(dir, 'keys'),
    origin: 'countersign.local/test',
    gateway: 'test',
    version: '0',
    segmentBytes: 1_048_576,
    maxQueuedRecords: 1,
  });
  const written: LogRecord[] = [];
  const log = observedLog(disk, (records) => written.push(...records));
  const counter = new RefusalCounter(log, () => new Date(), assert.ifError);
  counter.count('data', 'ERR_TOKEN_REFUSED', { source: '192.0.2.1' });
  const filler = log.append([{ type: 'lock', kind: 'agent', target: 'a', by: 'b' }]);
  await assert.rejects(counter.flush(), { code: 'ERR_LOG_FULL' });
  await filler;
  counter.count('data', 'ERR_TOKEN_REFUSED', { source: '192.0.2.1' });
  await counter.flush();
  const refusals = written.filter((record) => record.type === 'refusals');
  assert.deepEqual(
    refusals.map(({ count }) => count),
    [2],
  );
  await log.close();
});

test('addresses of one IPv6 network are one source: they do not crowd others out of the window', async () => {
  const written: LogRecord[] = [];
  const log = { append: async (records: readonly LogRecord[]) => written.push(...records) } as unknown as Log;
  const counter = new RefusalCounter(log, () => new Date(), assert.ifError);
  for (let host = 0; host < 300; host += 1) {
    counter.count('data', 'ERR_TOKEN_REFUSED', { source: `2001:db8:0:7::${host.toString(16)}` });
  }
  counter.count('data', 'ERR_TOKEN_REFUSED', { source: '192.0.2.1' });
  await counter.flush();
  const counts = written.map((record) => record.type === 'refusals' && [record.sealed?.source?.address, record.count]);
  assert.deepEqual(counts, [
    ['2001:db8:0:7::/64', 300],
    ['192.0.2.1', 1],
  ]);
});
