// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import type { ControlCaller } from '../control/authorize.ts';
import type { Log } from '../log/log.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { ConsoleSessions, type Held } from './console-sessions.ts';

const NOW_MS = Date.parse('2026-11-24T00:00:00Z');
const MINUTE_MS = 60_000;

function callerOf(subject: string): ControlCaller {
  const facts = { issuer: 'https://idp.example', subject, groups: [], names: [], act: [] };
  const token = { ...facts, credentialDigest: '0'.repeat(64), expiresAt: NOW_MS + 15 * MINUTE_MS };
  return { token, roles: ['operator'], approverGroups: [], via: 'console' } as unknown as ControlCaller;
}

const tokenOf = async (sessions: ConsoleSessions, held: Held) => (await sessions.open(held))?.token;

const once = (digest: string) => ({ digest, endsAt: new Date(NOW_MS + 12 * MINUTE_MS).toISOString() });

describe('sessions of the console', () => {
  let dir: string;
  let store: Store;
  let nowMs: number;
  let isLogAway: boolean;
  let recorded: LogRecord[];
  let opened: ConsoleSessions[];

  /** Those of a gateway on this store. */
  function gateway(): ConsoleSessions {
    const log = {
      append: async (records: readonly LogRecord[]) => {
        if (isLogAway) throw new TypeError('the log is away');
        recorded.push(...records);
      },
    } as unknown as Log;
    const registry = { lookup: () => undefined };
    const sessions = new ConsoleSessions({
      store,
      log,
      registry,
      now: () => new Date(nowMs),
      onProblem: assert.ifError,
    });
    opened.push(sessions);
    return sessions;
  }

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'countersign-console-'));
    store = await openSqliteStore(join(dir, 'state.db'));
    [nowMs, isLogAway, recorded, opened] = [NOW_MS, false, [], []];
  });

  afterEach(async () => {
    for (const sessions of opened) sessions.close();
    await store.close();
    await rm(dir, { recursive: true });
  });

  it('are served by each gateway on the store, and ended for all of them by any', async () => {
    const [one, other] = [gateway(), gateway()];
    const held = (await one.begin('a.token', callerOf('ada'), once('1'))) ?? assert.fail();
    assert.equal(await tokenOf(other, held), 'a.token');
    await other.end(held);
    await one.end(held);
    assert.equal(await tokenOf(one, held), undefined);
    assert.deepEqual(
      recorded.map(({ type }) => type),
      ['console.login', 'console.logout'],
    );
  });

  it('are opened by both their parts alone, and ended by no less', async () => {
    const sessions = gateway();
    const held = (await sessions.begin('a.token', callerOf('ada'), once('1'))) ?? assert.fail();
    const other = (await sessions.begin('a.token', callerOf('ada'), once('2'))) ?? assert.fail();
    const { cookie, page } = held;
    for (const part of [
      { cookie, page: undefined },
      { cookie, page: '' },
      { cookie, page: other.page },
      { cookie, page: cookie },
      { cookie: undefined, page },
      { cookie: page, page },
      { cookie: other.cookie, page },
    ]) {
      await sessions.end(part);
      assert.equal(await sessions.open(part), undefined, JSON.stringify(part));
    }
    assert.deepEqual(await sessions.open(held), { token: 'a.token', since: new Date(NOW_MS).toISOString() });
    assert.equal(
      recorded.some(({ type }) => type === 'console.logout'),
      false,
    );
  });

  it('are nothing to who changes when they began', async () => {
    const sessions = gateway();
    const held = (await sessions.begin('a.token', callerOf('ada'), once('1'))) ?? assert.fail();
    const [found] = await store.consoleSessions.list();
    assert.ok(found);
    const createdAt = new Date(NOW_MS + MINUTE_MS).toISOString();
    await store.consoleSessions.replace(found.id, found.version, { ...found.value, createdAt });
    assert.equal(await sessions.open(held), undefined);
  });

  it('come of a login once, whichever gateway it ends at, and however many at the same time', async () => {
    const gateways = [gateway(), gateway()];
    const begun = await Promise.all(
      Array.from({ length: 8 }, (_, index) => gateways[index % 2]?.begin('a.token', callerOf('ada'), once('1'))),
    );
    assert.equal(begun.filter((session) => session !== undefined).length, 1);
    assert.ok(await gateways[0]?.begin('a.token', callerOf('ada'), once('2')));
  });

  it('are on record, or are not at all', async () => {
    const sessions = gateway();
    isLogAway = true;
    await assert.rejects(sessions.begin('a.token', callerOf('ada'), once('1')));
    assert.deepEqual(await store.consoleSessions.list(), []);
    isLogAway = false;
    const held = (await sessions.begin('a.token', callerOf('ada'), once('2'))) ?? assert.fail();
    isLogAway = true;
    await assert.rejects(sessions.end(held));
  });

  it('are over when they expire, and then forgotten, with the logins that nobody could repeat', async () => {
    const sessions = gateway();
    const held = (await sessions.begin('a.token', callerOf('ada'), once('1'))) ?? assert.fail();
    await sessions.sweep();
    nowMs = NOW_MS + 13 * MINUTE_MS;
    await sessions.sweep();
    assert.equal((await store.consoleLogins.list()).length, 0);
    assert.equal(await tokenOf(sessions, held), 'a.token');
    nowMs = NOW_MS + 15 * MINUTE_MS;
    assert.equal(await tokenOf(sessions, held), undefined);
    assert.equal((await store.consoleSessions.list()).length, 1);
    await sessions.sweep();
    assert.equal((await store.consoleSessions.list()).length, 0);
  });

  it('are nothing to who changes what is stored', async () => {
    const sessions = gateway();
    const [ada, eve] = await Promise.all(
      ['ada', 'eve'].map((subject) => sessions.begin(`token of ${subject}`, callerOf(subject), once(subject))),
    );
    const [one, other] = await store.consoleSessions.list();
    assert.ok(ada && eve && one && other);
    // Each under the other's id: neither cookie opens what is not its own.
    await store.consoleSessions.replace(one.id, one.version, other.value);
    await store.consoleSessions.replace(other.id, other.version, one.value);
    assert.deepEqual([await tokenOf(sessions, ada), await tokenOf(sessions, eve)], [undefined, undefined]);
  });

  it('that end at no time are over', async () => {
    const sessions = gateway();
    const held = (await sessions.begin('a.token', callerOf('ada'), once('1'))) ?? assert.fail();
    const [found] = await store.consoleSessions.list();
    assert.ok(found);
    await store.consoleSessions.replace(found.id, found.version, { ...found.value, expiresAt: 'never' });
    assert.equal(await tokenOf(sessions, held), undefined);
  });
});
