// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import type { Principal } from '@countersign/policy';
import type { TokenFacts } from '../identity/authentication.ts';
import { openDiskLog } from '../log/disk-log.ts';
import type { Log } from '../log/log.ts';
import { answerRecord, copyPlace, logPlace, recordsOf } from '../log/log-for-tests.ts';
import { sessionsLeft } from '../log/sessions-left.ts';
import { Sessions } from './sessions.ts';

const principal = { kind: 'agent', id: 'a', owner: 'o', act: [] } as unknown as Principal;
const token = { issuer: 'i', subject: 's', credentialDigest: '0'.repeat(64), expiresAt: 0 } as unknown as TokenFacts;
const minutes = (count: number) => count * 60_000;

test('a session ends after 15 minutes with nothing under way, and a watch is something', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const records: LogRecord[] = [];
  const log = { append: async (added: readonly LogRecord[]) => ({ index: records.push(...added) }) } as unknown as Log;
  const sessions = new Sessions(log, () => new Date(), assert.ifError);
  const types = () => records.map(({ type }) => type);

  const watch = await sessions.enter(principal, 'lab', token);
  context.mock.timers.tick(minutes(60));
  assert.deepEqual(types(), ['session.start']);
  const read = await sessions.enter(principal, 'lab', token);
  assert.equal(read.session, watch.session);
  read.leave();
  watch.leave();
  context.mock.timers.tick(minutes(14));
  assert.deepEqual(types(), ['session.start']);
  context.mock.timers.tick(minutes(2));
  assert.deepEqual(types(), ['session.start', 'session.end']);
  const next = await sessions.enter(principal, 'lab', token);
  assert.notEqual(next.session, watch.session);
  await sessions.close();
  assert.deepEqual(types(), ['session.start', 'session.end', 'session.start', 'session.end']);
});

test('a session is ended by its id, once, and the next request begins another', async () => {
  const records: LogRecord[] = [];
  const log = { append: async (added: readonly LogRecord[]) => ({ index: records.push(...added) }) } as unknown as Log;
  const sessions = new Sessions(log, () => new Date(), assert.ifError);
  const { session } = await sessions.enter(principal, 'lab', token);
  assert.deepEqual([sessions.has(session), sessions.has('another')], [true, false]);
  assert.deepEqual(
    sessions.list().map(({ id, cluster }) => [id, cluster]),
    [[session, 'lab']],
  );
  assert.deepEqual(await Promise.all([sessions.end(session, 'ada'), sessions.end(session, 'ada')]), [true, false]);
  assert.equal(sessions.has(session), false);
  assert.deepEqual(
    records.map((record) => record.type === 'session.end' && [record.reason, record.by]),
    [false, ['ended', 'ada']],
  );
  assert.notEqual((await sessions.enter(principal, 'lab', token)).session, session);
  await sessions.close();
});

test('a session that a crash left without an end is ended on record by the next start, once', async () => {
  const place = await logPlace();
  const ofCrash = await openDiskLog(place);
  const before = new Sessions(ofCrash, () => new Date(), assert.ifError);
  const ended = await before.enter(principal, 'other', token);
  assert.equal(await before.end(ended.session, 'ada'), true);
  const { session } = await before.enter(principal, 'lab', token);
  await ofCrash.append([answerRecord(randomUUID(), { session })]);
  const crashed = await copyPlace(place);
  await ofCrash.close();

  const log = await openDiskLog(crashed);
  assert.deepEqual(await sessionsLeft(log.dir), [{ session, cluster: 'lab' }]);
  const after = new Sessions(log, () => new Date(), assert.ifError);
  await after.reconcile(await sessionsLeft(log.dir));
  assert.deepEqual(await sessionsLeft(log.dir), []);
  await after.close();
  await log.close();
  const ends = (await recordsOf(crashed)).filter(({ leaf }) => leaf.type === 'session.end');
  assert.deepEqual(
    ends.map(({ leaf }) => leaf.type === 'session.end' && [leaf.session, leaf.reason, leaf.by]),
    [
      [ended.session, 'ended', 'ada'],
      [session, 'recovery', undefined],
    ],
  );
});

test('the end of a session lists 256 credentials, and says how many there were where there were more', async () => {
  const records: LogRecord[] = [];
  const log = { append: async (added: readonly LogRecord[]) => ({ index: records.push(...added) }) } as unknown as Log;
  for (const [used, counted] of [
    [256, undefined],
    [257, 257],
    [5_000, 4_096],
  ] as const) {
    const sessions = new Sessions(log, () => new Date(0), assert.ifError);
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < used; index++) {
        const credentialDigest = createHash('sha256').update(`${index}`).digest('hex');
        (await sessions.enter(principal, 'lab', { ...token, credentialDigest })).leave();
      }
    }
    await sessions.close();
    const end = records.at(-1);
    assert.ok(end?.type === 'session.end');
    assert.deepEqual([end.exchanges, end.credentials?.length, end.credentialsUsed], [2 * used, 256, counted]);
  }
});
