// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Store } from '../store/store.ts';
import { FirstUses } from './first-uses.ts';
import type { Notice } from './notice.ts';
import { Outbox } from './outbox.ts';

const START = Date.parse('2026-11-30T00:00:00Z');
const notice = (id: string): Notice => ({ id, type: 'lock', at: '', about: { lock: 'agent', target: 'reporter' } });

/** What is to be told, in any store. */
export function outboxSuite(name: string, openStore: (dir: string) => Promise<Store>): void {
  describe(`the outbox: ${name}`, () => {
    const clock = { ms: 0 };
    const now = () => new Date(START + clock.ms);
    let dir: string;
    let store: Store;
    let outbox: Outbox;

    beforeEach(async () => {
      clock.ms = 0;
      dir = await mkdtemp(join(tmpdir(), 'countersign-outbox-'));
      store = await openStore(dir);
      outbox = new Outbox(store.notices, now);
    });
    afterEach(async () => {
      await store.close();
      await rm(dir, { recursive: true });
    });

    const dueOf = async (receiver: string) => (await outbox.due(receiver)).map(({ value }) => value.notice.id);

    it('keeps receivers apart, each notice once, what is urgent first and then the oldest', async () => {
      await outbox.put('ops', notice('n-2'));
      await outbox.put('ops-2', { ...notice('n-4'), type: 'first-use' });
      clock.ms = 1;
      for (const id of ['n-1', 'n-2']) await outbox.put('ops', notice(id));
      await outbox.put('ops-2', notice('n-3'));
      const all = await Promise.all(['ops', 'ops-2', 'op'].map(dueOf));
      assert.deepEqual(all, [['n-2', 'n-1'], ['n-3', 'n-4'], []]);
    });

    it('is full at so many of a receiver', async () => {
      const small = new Outbox(store.notices, now, 3);
      for (const id of ['n-1', 'n-2']) await small.put('ops', notice(id));
      assert.equal(await small.room('ops'), 1);
      await small.put('ops', notice('n-3'));
      assert.deepEqual([await small.room('ops'), await small.room('ops-2')], [0, 3]);
    });

    it('lets one of many have one, for a while', async () => {
      await outbox.put('ops', notice('n-1'));
      const [due] = await outbox.due('ops');
      assert.ok(due);
      const leases = await Promise.all(Array.from({ length: 8 }, () => outbox.lease(due, 1_000)));
      assert.equal(leases.filter((lease) => lease !== undefined).length, 1);
      assert.deepEqual([await dueOf('ops'), await outbox.olderThan(0)], [[], []]);
      clock.ms = 1_000;
      const [again] = await outbox.due('ops');
      assert.ok(again);
      await outbox.postpone(again, 5_000);
      assert.deepEqual(await dueOf('ops'), []);
      clock.ms = 6_000;
      const [then] = await outbox.due('ops');
      assert.deepEqual([then?.value.attempts, then?.value.leasedUntil], [1, undefined]);
      assert.ok(then);
      await outbox.remove(then);
      assert.deepEqual(await outbox.olderThan(0), []);
    });

    it('knows a use once it has been told, and where an agent has too many nothing is news', async () => {
      const uses = new FirstUses(store.firstUses, now, 3);
      assert.equal(await uses.isNews('reporter', 'a'), true);
      await uses.keep('reporter', 'a');
      await uses.keep('reporter', 'a');
      const isNews = [
        await uses.isNews('reporter', 'a'),
        await uses.isNews('reporter', 'b'),
        await uses.isNews('r', 'a'),
      ];
      assert.deepEqual(isNews, [false, true, true]);
      for (const use of ['c', 'd']) await uses.keep('reporter', use);
      assert.deepEqual([await uses.isNews('reporter', 'b'), await uses.isNews('r', 'a')], [false, true]);
    });
  });
}
