// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import type { Principal } from '@countersign/policy';
import type { TokenFacts } from '../identity/authentication.ts';
import type { Log } from '../log/log.ts';
import { Sessions } from './sessions.ts';

const principal = { kind: 'agent', id: 'a', owner: 'o', act: [] } as unknown as Principal;
const token = { issuer: 'i', subject: 's', credentialDigest: 'd', expiresAt: 0 } as unknown as TokenFacts;
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
  assert.deepEqual(await Promise.all([sessions.end(session), sessions.end(session)]), [true, false]);
  assert.equal(sessions.has(session), false);
  assert.deepEqual(
    records.map((record) => [record.type, record.type === 'session.end' && record.reason]),
    [
      ['session.start', false],
      ['session.end', 'ended'],
    ],
  );
  assert.notEqual((await sessions.enter(principal, 'lab', token)).session, session);
  await sessions.close();
});
