// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Collection, JoinTokenDocument, Store, VersionsOf } from './store.ts';

const token: JoinTokenDocument = { cluster: 'lab', expiresAt: '2030-01-01T00:00:00Z' };

/** What every driver of the `Store` contract must do; `open` gives an empty store, `reopen` the same one once more. */
export function storeSuite(name: string, open: () => Promise<Store>, reopen: () => Promise<Store>): void {
  describe(`store: ${name}`, () => {
    keepsDocuments(open, reopen);
    readsRanges(open);
    keepsAnyText(open);
    comparesAndSets(open, reopen);
    keepsEachCollection(open, reopen);
    countsChanges(open, reopen);
  });
}

type Open = () => Promise<Store>;

function keepsDocuments(open: Open, reopen: Open): void {
  it('keeps a document through a restart, with its version', async () => {
    const store = await open();
    assert.equal(await store.joinTokens.insert('a', token), true);
    assert.equal(await store.joinTokens.replace('a', 1, { ...token, usedAt: '2029-01-01T00:00:00Z' }), true);
    await store.close();
    const again = await reopen();
    assert.deepEqual(await again.joinTokens.get('a'), {
      id: 'a',
      version: 2,
      value: { ...token, usedAt: '2029-01-01T00:00:00Z' },
    });
    await again.close();
  });

  it('lets one of two changes to the same version win', async () => {
    const store = await open();
    await store.joinTokens.insert('b', token);
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => store.joinTokens.replace('b', 1, token)));
    assert.equal(outcomes.filter(Boolean).length, 1);
    assert.equal(await store.joinTokens.remove('b', 1), false);
    assert.equal(await store.joinTokens.remove('b', 2), true);
    assert.equal(await store.joinTokens.get('b'), undefined);
    await store.close();
  });

  it('refuses a taken id and keeps what stood there', async () => {
    const store = await open();
    assert.equal(await store.joinTokens.insert('c', token), true);
    assert.equal(await store.joinTokens.insert('c', { ...token, cluster: 'other' }), false);
    assert.equal((await store.joinTokens.get('c'))?.value.cluster, 'lab');
    await store.close();
  });

  it('keeps collections apart and lists a page in order of id', async () => {
    const store = await open();
    for (const id of ['n3', 'n1', 'n2']) await store.joinTokens.insert(id, token);
    await store.clusters.insert('n1', { source: 'config', description: '' });
    const page = await store.joinTokens.list({ after: 'n1', limit: 1 });
    assert.deepEqual(
      page.map(({ id }) => id),
      ['n2'],
    );
    assert.equal((await store.clusters.list()).length, 1);
    await store.close();
  });

  it('removes all before an id, in order of bytes, of one collection', async () => {
    const store = await open();
    for (const id of ['a', 'B', 'b', 'c']) await store.joinTokens.insert(id, token);
    await store.clusters.insert('a', { source: 'config', description: '' });
    assert.equal(await store.joinTokens.removeBefore('b'), 2);
    const left = await store.joinTokens.list();
    assert.deepEqual(
      left.map(({ id }) => id),
      ['b', 'c'],
    );
    assert.equal((await store.clusters.list()).length, 1);
    assert.equal(await store.joinTokens.removeBefore('b'), 0);
    await assert.rejects(store.joinTokens.removeBefore(''), { code: 'ERR_STORE_ID' });
    await store.close();
  });

  it('refuses an empty or oversized id, and everything once closed', async () => {
    const store = await open();
    await assert.rejects(store.joinTokens.get(''), { code: 'ERR_STORE_ID' });
    for (const id of ['x'.repeat(257), 'a\0b', '\ud800']) {
      await assert.rejects(store.joinTokens.insert(id, token), { code: 'ERR_STORE_ID' });
    }
    await store.close();
    await assert.rejects(store.joinTokens.get('a'));
  });
}

function readsRanges(open: Open): void {
  it('lists what lies between two ids, and says the versions of some without reading them', async () => {
    const store = await open();
    for (const id of ['v/1', 'v/2', 'v0', 'w/1']) await store.joinTokens.insert(id, token);
    await store.clusters.insert('v/3', { source: 'config', description: '' });
    await store.joinTokens.replace('v/2', 1, token);
    const between = await store.joinTokens.list({ after: 'v/', before: 'v0' });
    assert.deepEqual(
      between.map(({ id }) => id),
      ['v/1', 'v/2'],
    );
    const versions = async (of: VersionsOf) => [...(await store.joinTokens.versions(of))].sort();
    assert.deepEqual(await versions({ ids: ['v/2', 'w/1', 'v/3'] }), [
      ['v/2', 2],
      ['w/1', 1],
    ]);
    assert.deepEqual(await versions({ ids: [] }), []);
    assert.deepEqual(await versions({ after: 'v/1', limit: 2 }), [
      ['v/2', 2],
      ['v0', 1],
    ]);
    await store.close();
  });
}

/** One document of each collection, whatever it is about. */
function keepsEachCollection(open: Open, reopen: Open): void {
  it('has each collection for itself, and keeps them all', async () => {
    const store = await open();
    const { close: _, standing: __, ...collections } = store;
    const names = Object.keys(collections) as (keyof typeof collections)[];
    assert.ok(names.includes('consoleSessions') && names.includes('consoleLogins'));
    const own = (name: string): Collection<unknown> => collections[name as keyof typeof collections];
    for (const name of names) assert.equal(await own(name).insert('same', { name }), true, name);
    await store.close();
    const { close, standing: ___, ...again } = await reopen();
    for (const name of names) assert.deepEqual((await again[name].get('same'))?.value, { name });
    await close();
  });
}

function keepsAnyText(open: Open): void {
  it('orders ids by their bytes and takes any text in a value', async () => {
    const store = await open();
    const ids = ['B', 'a', '-', 'é', 'z:1', 'Z'];
    const value = { cluster: 'a\0\u2028\ud800 \\ "x" 🙂', expiresAt: '' };
    for (const id of ids) await store.joinTokens.insert(id, value);
    const listed = await store.joinTokens.list();
    assert.deepEqual(
      listed.map(({ id }) => id),
      ['-', 'B', 'Z', 'a', 'z:1', 'é'],
    );
    assert.deepEqual(listed[0]?.value, value);
    await store.close();
  });

  it('keeps a large value', async () => {
    const store = await open();
    const cluster = 'x'.repeat(1_000_000);
    await store.joinTokens.insert('large', { ...token, cluster });
    assert.equal((await store.joinTokens.get('large'))?.value.cluster.length, cluster.length);
    await store.close();
  });
}

function comparesAndSets(open: Open, reopen: Open): void {
  it('lets one change a time through when two stores change the same document over and over', async () => {
    const [one, other] = [await open(), await reopen()];
    await one.joinTokens.insert('counter', { ...token, cluster: '0' });
    const addOne = async (store: Store): Promise<void> => {
      for (;;) {
        const found = await store.joinTokens.get('counter');
        assert.ok(found);
        const cluster = String(Number(found.value.cluster) + 1);
        if (await store.joinTokens.replace('counter', found.version, { ...token, cluster })) return;
      }
    };
    await Promise.all(Array.from({ length: 40 }, (_, index) => addOne(index % 2 === 0 ? one : other)));
    const { version, value } = (await other.joinTokens.get('counter')) ?? {};
    assert.deepEqual([version, value?.cluster], [41, '40']);
    const inserted = await Promise.all([one, other, one, other].map((store) => store.joinTokens.insert('new', token)));
    assert.equal(inserted.filter(Boolean).length, 1);
    await Promise.all([one.close(), other.close()]);
  });
}

function countsChanges(open: Open, reopen: Open): void {
  it('counts each change of who is let in, by whichever store, and no other', async () => {
    const [one, other] = [await open(), await reopen()];
    const { locks } = one;
    const lock = { kind: 'agent', target: 'a', by: 'ann', reason: '', at: '2030-01-01T00:00:00Z' } as const;
    const counts = [await other.standing()];
    const changes = [
      () => locks.insert('agent:a', lock),
      () => locks.insert('agent:a', lock),
      () => locks.replace('agent:a', 1, lock),
      () => locks.replace('agent:a', 1, lock),
      () => locks.remove('agent:a', 2),
      () => locks.remove('agent:a', 2),
      () => locks.removeBefore('b'),
      ...[one.agents, one.formerAgents, one.goneOwners, one.clusters].map(
        (each) => () => (each as Collection<unknown>).insert('a', {}),
      ),
      () => one.joinTokens.insert('token', token),
    ];
    for (const change of changes) {
      await change();
      counts.push(await other.standing());
    }
    const first = counts[0] ?? Number.NaN;
    assert.deepEqual(
      counts.map((count) => count - first),
      [0, 1, 1, 2, 2, 3, 3, 3, 4, 5, 6, 7, 7],
    );
    await Promise.all([one.close(), other.close()]);
  });
}
