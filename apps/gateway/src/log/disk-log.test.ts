// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type LogRecord, openSealed } from '@countersign/evidence';
import { measureAppendRate } from './append-rate.ts';
import { openDiskLog } from './disk-log.ts';
import type { LogState } from './log.ts';
import {
  answerRecord,
  copyPlace,
  intentRecord,
  type LogPlace,
  logPlace,
  recordsOf,
  sealedKeys,
  verifiedReport,
} from './log-for-tests.ts';
import { writeTrustFile } from './log-key.ts';

const places: LogPlace[] = [];

async function newPlace(): Promise<LogPlace> {
  const place = await logPlace();
  places.push(place);
  return place;
}

async function crashed(place: LogPlace): Promise<LogPlace> {
  const copy = await copyPlace(place);
  places.push(copy);
  return copy;
}

afterEach(async () => {
  for (const { root } of places.splice(0)) await rm(root, { recursive: true });
});

describe('openDiskLog', () => {
  it('gives records their places, and what it wrote verifies', async () => {
    const place = await newPlace();
    const log = await openDiskLog(place);
    assert.deepEqual(await log.append([answerRecord(), answerRecord()]), { index: 1 });
    const appended = await Promise.all(Array.from({ length: 600 }, () => log.append([answerRecord()])));
    assert.deepEqual(
      appended.map(({ index }) => index),
      Array.from({ length: 600 }, (_, i) => i + 3),
    );
    await log.publish();
    await Promise.all([log.append([answerRecord()]), log.append([answerRecord()])]);
    await log.close();
    const report = await verifiedReport(place, log.vkey);
    const { size, closed, segments, content, publishedSize } = report;
    assert.deepEqual({ size, closed, publishedSize }, { size: 606, closed: true, publishedSize: 606n });
    assert.deepEqual(content, { sealed: 604, opened: 604, unopened: 0, destroyed: 0, destroyedUnrecorded: 0 });
    assert.ok(segments > 1);
    assert.equal((await readdir(place.home)).includes('tmp'), true);
    assert.deepEqual(await readdir(join(place.home, 'tmp')), []);
  });

  it('goes on where it was closed', async () => {
    const place = await newPlace();
    for (let epoch = 1; epoch <= 3; epoch++) {
      const log = await openDiskLog(place);
      await log.append([answerRecord()]);
      await log.close();
    }
    const records = await recordsOf(place);
    assert.deepEqual(
      records.map(({ leaf }) => [leaf.type, leaf.epoch]),
      [1, 2, 3].flatMap((epoch) => [
        ['log.opened', epoch],
        ['answer', epoch],
        ['log.closed', epoch],
      ]),
    );
  });

  it('ends after a crash what was under way', async () => {
    const place = await newPlace();
    const log = await openDiskLog(place);
    const [done, lost, longAnswer, stream] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await log.append([intentRecord(done), intentRecord(lost)]);
    await log.append([{ type: 'outcome', exchange: done, result: 'done', status: 201 }]);
    await log.append([{ type: 'answer.start', exchange: longAnswer, status: 200 }]);
    await log.append([{ type: 'stream.start', exchange: longAnswer, stream, protocol: 'v5', recorded: [] }]);
    const copy = await crashed(place);
    await log.close();
    const again = await openDiskLog(copy);
    const endings = (await recordsOf(copy)).slice(-4).map(({ leaf }) => leaf);
    assert.deepEqual(
      endings.map(({ type }) => type),
      ['recovery', 'outcome', 'answer.end', 'stream.end'],
    );
    const [recovery, outcome] = endings;
    assert.ok(recovery?.type === 'recovery' && outcome?.type === 'outcome');
    assert.deepEqual([recovery.size, recovery.cutBytes, recovery.unfinished], [6, 0, 3]);
    assert.deepEqual([outcome.exchange, outcome.result, outcome.reason], [lost, 'unknown', 'recovery']);
    await again.close();
    await verifiedReport(copy, again.vkey);
  });

  it('ends what is under way when it is closed', async () => {
    const place = await newPlace();
    const log = await openDiskLog(place);
    await log.append([intentRecord(randomUUID())]);
    await log.close();
    const types = (await recordsOf(place)).map(({ leaf }) => leaf.type);
    assert.deepEqual(types, ['log.opened', 'intent', 'outcome', 'log.closed']);
  });

  it('lets no second process in', async () => {
    const place = await newPlace();
    const log = await openDiskLog(place);
    await assert.rejects(openDiskLog(place), { code: 'ERR_LOG_LOCKED' });
    await log.close();
    await (await openDiskLog(place)).close();
  });

  it('does not begin anew where a log was, nor under another name or key', async () => {
    const place = await newPlace();
    const log = await openDiskLog(place);
    await log.close();
    await assert.rejects(openDiskLog({ ...place, origin: 'gateway.test/audit/1' }), { code: 'ERR_LOG_DAMAGED' });
    const key = join(place.keyDir, 'log.key');
    const pem = await readFile(key);
    await rm(key);
    await assert.rejects(openDiskLog(place), { code: 'ERR_LOG_KEY' });
    await writeFile(key, pem);
    await rm(join(place.home, 'log', 'wal'), { recursive: true });
    await assert.rejects(openDiskLog(place), { code: 'ERR_LOG_ROLLED_BACK' });
  });

  it('refuses a log that is shorter than what was published', async () => {
    const place = await newPlace();
    const log = await openDiskLog(place);
    const earlier = await crashed(place);
    await log.append([answerRecord()]);
    await log.publish();
    await log.close();
    await writeFile(join(earlier.home, 'log', 'checkpoint'), await readFile(join(place.home, 'log', 'checkpoint')));
    await assert.rejects(openDiskLog(earlier), { code: 'ERR_LOG_ROLLED_BACK' });
  });

  it('makes tiles again that are missing', async () => {
    const place = await newPlace();
    const log = await openDiskLog(place);
    await Promise.all(Array.from({ length: 300 }, () => log.append([answerRecord()])));
    await log.close();
    for (const removed of ['checkpoint', 'tile']) {
      await rm(join(place.home, 'log', removed), { recursive: true });
      const again = await openDiskLog(place);
      await again.close();
      await verifiedReport(place, log.vkey);
    }
  });

  it('keeps personal details out of leaves, and opens them with the key', async () => {
    const place = await newPlace();
    const log = await openDiskLog(place);
    const act = [{ issuer: 'https://idp.test', subject: 'bob' }];
    const principal = { kind: 'agent', id: 'reporter', owner: 'ann@example.com', act } as const;
    const name = 'n'.repeat(2_000);
    const request = {
      kind: 'resource',
      lane: 'read',
      verb: 'get',
      group: '',
      version: 'v1',
      namespace: 'demo',
      resource: 'pods',
      subresource: '',
      name,
      dryRun: false,
    } as const;
    await log.append([answerRecord(randomUUID(), { principal, request, session: 's1' } as never)]);
    await log.close();
    const [, record] = await recordsOf(place);
    assert.ok(record?.leaf.type === 'answer' && record.sealed !== undefined && record.leaf.sealed !== undefined);
    assert.doesNotMatch(JSON.stringify(record.leaf), /ann|bob|192\.0\.2\.7|kubectl|n{600}/);
    const keys = await sealedKeys(place.keyDir);
    const key = keys.find(record.leaf.sealed.key);
    assert.ok(key?.state === 'there');
    const fields = openSealed(keys.crypto, record.leaf, record.sealed, key.key);
    assert.deepEqual(Object.values(fields.names ?? {}).sort(), ['ann@example.com', 'bob']);
    assert.equal(fields.request?.name, name);
    assert.deepEqual(fields.input, { verb: 'get', groups: ['readers'] });
    assert.equal(record.leaf.principal?.owner, Object.entries(fields.names ?? {}).find(([, of]) => of !== 'bob')?.[0]);
  });

  it('destroys the keys of a session, and everything still verifies', async () => {
    const place = await newPlace();
    const log = await openDiskLog(place);
    await log.append([answerRecord(randomUUID(), { session: 's1' } as never), answerRecord()]);
    const ids = await log.shred('session s1', { rule: 'recordings-180d', by: 'ann' });
    assert.equal(ids.length, 1);
    assert.deepEqual(await log.shred('session s1', { rule: 'recordings-180d' }), []);
    await log.append([answerRecord(randomUUID(), { session: 's1' } as never)]);
    await log.close();
    const report = await verifiedReport(place, log.vkey);
    assert.deepEqual(report.content, {
      sealed: 3,
      opened: 2,
      unopened: 0,
      destroyed: 1,
      destroyedUnrecorded: 0,
    });
    assert.equal((await readdir(place.keyDir)).filter((file) => file.startsWith('kek-')).length, 1);
    assert.equal((await stat(place.keyDir)).mode & 0o077, 0);
  });

  it('takes nothing that breaks the schema or the order of records, and goes on', async () => {
    const place = await newPlace();
    const log = await openDiskLog(place);
    const exchange = randomUUID();
    const wrong = [
      [{ ...answerRecord(), surprise: 1 }],
      [answerRecord(exchange, { bytes: 0.5 } as never)],
      [{ type: 'outcome', exchange, result: 'done' }],
      [intentRecord(exchange), intentRecord(exchange)],
      [answerRecord(exchange, { sealed: { input: { fraction: 0.5 } } })],
      [],
    ];
    for (const records of wrong) await assert.rejects(log.append(records as never), { code: 'ERR_LOG_RECORD' });
    assert.deepEqual(await log.append([intentRecord(exchange)]), { index: 1 });
    await log.close();
    await assert.rejects(log.append([answerRecord()]), { code: 'ERR_LOG_CLOSED' });
    await verifiedReport(place, log.vkey);
  });

  it('never lets time go back, and says once that the clock did', async () => {
    const place = await newPlace();
    let micros = Date.UTC(2026, 10, 24) * 1_000;
    const log = await openDiskLog({ ...place, clock: () => micros });
    micros -= 5_000_000;
    await log.append([answerRecord()]);
    await log.append([answerRecord()]);
    await log.close();
    const leaves = (await recordsOf(place)).map(({ leaf }) => leaf);
    assert.deepEqual(
      leaves.map(({ type }) => type),
      ['log.opened', 'clock.skew', 'answer', 'answer', 'log.closed'],
    );
    assert.deepEqual([...new Set(leaves.map(({ ts }) => ts))], ['2026-11-24T00:00:00.000000Z']);
    assert.ok(leaves[1]?.type === 'clock.skew' && leaves[1].behindMicros === 5_000_000);
  });

  it('says that it lives though its clock was set back', async () => {
    const place = await newPlace();
    let micros = Date.parse('2026-11-24T00:00:00Z') * 1_000;
    const log = await openDiskLog({ ...place, heartbeatMs: 5, clock: () => micros });
    micros -= 3_600_000_000;
    while (log.head.size < 3) await setImmediate();
    await log.close();
    const types = (await recordsOf(place)).map(({ leaf }) => leaf.type);
    assert.deepEqual(types.slice(0, 3).sort(), ['clock.skew', 'heartbeat', 'log.opened']);
    await verifiedReport(place, log.vkey);
  });

  it('bounds what waits for the disk', async () => {
    const place = await newPlace();
    const log = await openDiskLog({ ...place, maxQueuedRecords: 2 });
    const first = log.append([answerRecord(randomUUID(), { session: undefined } as never)]);
    await first;
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => log.append([intentRecord(randomUUID())])));
    assert.deepEqual(
      results.map((result) => (result.status === 'rejected' ? result.reason.code : 'taken')),
      ['taken', 'taken', 'ERR_LOG_FULL', 'ERR_LOG_FULL', 'ERR_LOG_FULL'],
    );
    await log.append([answerRecord()]);
    await log.close();
    await verifiedReport(place, log.vkey);
  });

  it('takes endings however many records wait', async () => {
    const place = await newPlace();
    const log = await openDiskLog({ ...place, maxQueuedRecords: 2 });
    const exchange = randomUUID();
    await log.append([intentRecord(exchange)]);
    const waiting = [randomUUID(), randomUUID()].map((id) => log.append([intentRecord(id)]));
    const results = await Promise.allSettled([
      log.append([answerRecord()]),
      log.append([{ type: 'outcome', exchange, result: 'done', status: 201 }]),
    ]);
    assert.deepEqual(
      results.map((result) => (result.status === 'rejected' ? result.reason.code : 'taken')),
      ['ERR_LOG_FULL', 'taken'],
    );
    await Promise.all(waiting);
    await log.close();
    await verifiedReport(place, log.vkey);
  });

  it('names as many rules as a leaf takes, says how many more decided, and seals all of them', async () => {
    const place = await newPlace();
    const log = await openDiskLog({ ...place, segmentBytes: 1_048_576 });
    const rules = Array.from({ length: 600 }, (_, i) => ({ set: 'organisation', id: `r${i}${'x'.repeat(120)}` }));
    const approvals = rules.slice(0, 200).map((rule) => ({ rule, group: 'g'.repeat(200), quorum: 1 }));
    const decision = {
      id: randomUUID(),
      occasion: 'request',
      effect: 'ask',
      rules,
      approvals,
      policyDigest: '',
    } as const;
    const refusal = {
      type: 'refusal',
      verdict: 'denied',
      fault: 'ERR_APPROVAL_REQUIRED',
      origin: 'policy',
      status: 403,
    };
    await log.append([{ ...refusal, exchange: randomUUID(), decision } as unknown as LogRecord]);
    await log.close();
    await verifiedReport(place, log.vkey);
    const keys = await sealedKeys(place.keyDir);
    const { leaf, sealed = new Uint8Array(0) } = (await recordsOf(place))[1] ?? assert.fail();
    assert.ok(leaf.type === 'refusal' && leaf.decision !== undefined);
    const { rulesOmitted = 0, approvalsOmitted = 0 } = leaf.decision;
    assert.deepEqual(
      [leaf.decision.rules.length + rulesOmitted, leaf.decision.approvals?.length],
      [600, 200 - approvalsOmitted],
    );
    assert.ok(rulesOmitted > 0 && approvalsOmitted > 0 && leaf.decision.rules.length > 80);
    const key = keys.find(leaf.sealed?.key ?? '');
    assert.ok(key?.state === 'there');
    assert.deepEqual(openSealed(keys.crypto, leaf, sealed, key.key).rules, rules);
  });

  it('says that there is little space, in its state and on record', async () => {
    const place = await newPlace();
    const log = await openDiskLog({ ...place, lowSpacePercent: 100 });
    const states: LogState['state'][] = [];
    const stop = log.onState(({ state }) => states.push(state));
    stop();
    assert.deepEqual(states, ['low-space']);
    await log.close();
    const types = (await recordsOf(place)).map(({ leaf }) => leaf.type);
    assert.deepEqual(types, ['log.opened', 'audit.warn', 'log.closed']);
  });

  it('writes a trust file that names its key', async () => {
    const place = await newPlace();
    const log = await openDiskLog(place);
    await log.close();
    const path = join(place.root, 'trust');
    await writeTrustFile(path, log.vkey);
    assert.equal(await readFile(path, 'utf8'), `log ${log.vkey}\nquorum none\n`);
  });
});

describe('measureAppendRate', () => {
  it('appends as many as it was asked for, and leaves nothing behind', async () => {
    const { root } = await newPlace();
    const rate = await measureAppendRate(root, 16, 400);
    assert.deepEqual([rate.inFlight, rate.appends, await readdir(root)], [16, 400, []]);
    assert.ok(rate.appendsPerSecond > 0 && rate.p50Ms <= rate.p99Ms && rate.rawSyncMs > 0);
  });
});
