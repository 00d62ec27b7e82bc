// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openSqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';
import { openStoreKey, readStoreKey, type StoreKeyPlace } from './store-key.ts';

let dir: string;
let stores = 0;
let warnings: string[] = [];

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-store-key-'));
});
after(() => rm(dir, { recursive: true }));

async function inStore(run: (store: Store) => Promise<void>): Promise<void> {
  const store = await openSqliteStore(join(dir, `state-${++stores}.db`));
  try {
    await run(store);
  } finally {
    await store.close();
  }
}

async function placeOf(more: Partial<StoreKeyPlace> = {}): Promise<StoreKeyPlace> {
  warnings = [];
  const keyDir = await mkdtemp(join(dir, 'keys-'));
  return {
    ...{ keyFile: undefined, keyDir, isShared: false, now: new Date(), warn: (line) => void warnings.push(line) },
    ...more,
  };
}

test('a gateway makes its key once, for itself alone to read, and the store has no more than an id of it', () =>
  inStore(async (store) => {
    const place = await placeOf({ isShared: true });
    const key = await openStoreKey(store, place);
    assert.equal(key.length, 32);
    const file = join(place.keyDir, 'store.key');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await openStoreKey(store, place), key);
    const { material = '' } = (await store.keys.get('approvals'))?.value ?? {};
    assert.match(material, /^[0-9a-f]{16}$/);
    assert.ok(!Buffer.from(key).toString('hex').includes(material));
    assert.deepEqual(warnings, []);
  }));

test('another gateway of the same store starts with the same key alone, by its file or by a configured one', () =>
  inStore(async (store) => {
    const first = await placeOf({ isShared: true });
    const key = await openStoreKey(store, first);
    const other = await placeOf({ isShared: true });
    await assert.rejects(openStoreKey(store, other), {
      code: 'ERR_STORE_KEY',
      message:
        /^the gateways of this store have another key \([0-9a-f]{16}\) than this one .* name one for all as store\.keyFile$/,
    });
    const keyFile = join(first.keyDir, 'store.key');
    assert.deepEqual(await openStoreKey(store, await placeOf({ isShared: true, keyFile })), key);
    await writeFile(join(other.keyDir, 'store.key'), await readFile(keyFile));
    assert.deepEqual(await openStoreKey(store, other), key);
  }));

test('a gateway alone that has lost its key goes on with another one, and says so', () =>
  inStore(async (store) => {
    await openStoreKey(store, await placeOf());
    const again = await placeOf();
    await openStoreKey(store, again);
    assert.match(warnings.join(), /is another one than before: what waits for a countersignature is asked anew$/);
    warnings = [];
    await openStoreKey(store, again);
    assert.deepEqual(warnings, []);
  }));

test('a file that holds no key is not taken, and none is made where one is configured', () =>
  inStore(async (store) => {
    const keyFile = join(dir, 'configured.key');
    await assert.rejects(openStoreKey(store, await placeOf({ keyFile })), /the key of the store: .* is not there$/);
    const good = Buffer.alloc(32, 7).toString('base64');
    for (const text of [
      '',
      'secret\n',
      good.slice(1),
      `${good}${good}`,
      `${good}\n\n`,
      Buffer.alloc(33).toString('base64'),
    ]) {
      await writeFile(keyFile, text);
      await assert.rejects(openStoreKey(store, await placeOf({ keyFile })), { code: 'ERR_STORE_KEY' }, text);
    }
    for (const text of [good, `${good}\n`, `${good}\r\n`]) {
      await writeFile(keyFile, text);
      assert.ok('key' in (await readStoreKey(keyFile)), text);
    }
  }));
