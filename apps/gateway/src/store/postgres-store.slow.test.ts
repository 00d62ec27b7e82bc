// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openStore } from './open-store.ts';
import type { PostgresPlace } from './postgres-driver.ts';
import { noPostgres, TEST_PASSWORD, TestPostgres } from './postgres-for-tests.ts';
import { openPostgresStore } from './postgres-store.ts';
import { storeSuite } from './store-suite.ts';

const token = { cluster: 'lab', expiresAt: '2030-01-01T00:00:00Z' };
const UNAVAILABLE = { name: 'StoreError', code: 'ERR_STORE_UNAVAILABLE' };

/** A connection in the middle that can fall silent, as a network does. */
async function wire(to: PostgresPlace) {
  const sockets = new Set<Socket>();
  let silent = false;
  const server = createServer((near) => {
    const far = connect(to.port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('data', (bytes) => silent || other.write(bytes));
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  return {
    place: { ...to, host: '127.0.0.1', port: address.port },
    fallSilent: () => {
      silent = true;
    },
    speak: () => {
      silent = false;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe('store in PostgreSQL', { skip: noPostgres }, () => {
  let server: TestPostgres;
  before(async () => {
    server = await TestPostgres.start();
  });
  after(() => server?.close());

  let place: PostgresPlace;
  storeSuite(
    'PostgreSQL',
    async () => {
      place = await server.database();
      return openPostgresStore(place);
    },
    () => openPostgresStore(place),
  );

  it('is brought up to date once when gateways start at the same time', async () => {
    const empty = await server.database();
    const stores = await Promise.all(Array.from({ length: 6 }, () => openPostgresStore(empty)));
    const inserted = await Promise.all(stores.map((store) => store.joinTokens.insert('a', token)));
    assert.equal(inserted.filter(Boolean).length, 1);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('answers nothing while the server is gone, at once, and goes on when it is back', async () => {
    const store = await openPostgresStore(await server.database());
    await store.joinTokens.insert('a', token);
    await server.end();
    await assert.rejects(store.joinTokens.get('a'), UNAVAILABLE);
    await assert.rejects(store.joinTokens.replace('a', 1, token), UNAVAILABLE);
    await assert.rejects(store.joinTokens.list(), UNAVAILABLE);
    await server.run();
    assert.equal((await store.joinTokens.get('a'))?.version, 1, 'what was told is there after a crash');
    assert.equal(await store.joinTokens.replace('a', 1, token), true);
    await store.close();
  });

  it('does not wait for a server that says nothing, and never hears its late answer', async () => {
    const database = await server.database();
    const between = await wire(database);
    const store = await openPostgresStore(between.place);
    await store.joinTokens.insert('a', token);
    between.fallSilent();
    const begun = performance.now();
    const asked = [store.joinTokens.get('a'), store.joinTokens.replace('a', 1, token), store.joinTokens.list()];
    for (const outcome of await Promise.allSettled(asked)) {
      assert.equal(outcome.status, 'rejected');
      assert.equal(outcome.reason.code, 'ERR_STORE_UNAVAILABLE');
    }
    const waitedMs = performance.now() - begun;
    assert.ok(waitedMs < 15_000, `${waitedMs} ms`);
    between.speak();
    assert.equal((await store.joinTokens.get('a'))?.version, 1, 'what was not heard was not done');
    await store.close();
    between.close();
  });

  it('gives up a change that has to wait for somebody else, and leaves it undone', async () => {
    const database = await server.database();
    const store = await openPostgresStore(database);
    await store.joinTokens.insert('a', token);
    const other = await server.connect(database.database);
    await other.query('begin');
    await other.query("update documents set version = version where id = 'a'");
    await assert.rejects(store.joinTokens.replace('a', 1, token), UNAVAILABLE);
    await other.query('rollback');
    await other.end();
    assert.equal((await store.joinTokens.get('a'))?.version, 1);
    await store.close();
  });

  it('speaks to none but the server that its CA vouches for', async () => {
    const database = await server.database();
    const ca = Buffer.from(server.certificate);
    const over = (tls: PostgresPlace['tls'], host?: string) => openPostgresStore(server.overTcp(database, tls, host));
    await assert.rejects(over({ ca: undefined }), UNAVAILABLE);
    await assert.rejects(over({ ca }, 'localhost'), UNAVAILABLE);
    const store = await over({ ca });
    assert.equal(await store.joinTokens.insert('a', token), true);
    await store.close();
  });

  it('is opened as it is configured, with a password that may change', async () => {
    const { user, database, port } = await server.database();
    const folder = mkdtempSync(join(tmpdir(), 'countersign-open-store-'));
    const [passwordFile, caFile] = [join(folder, 'password'), join(folder, 'ca.pem')];
    writeFileSync(caFile, server.certificate);
    const configured = { host: '127.0.0.1', port, database, user, passwordFile, tls: 'verify', caFile } as const;
    const open = () => openStore(configured, join(folder, 'state.db'));
    await assert.rejects(open(), { ...UNAVAILABLE, message: /password is not there/ });
    writeFileSync(passwordFile, 'wrong\n');
    await assert.rejects(open(), UNAVAILABLE);
    writeFileSync(passwordFile, `${TEST_PASSWORD}\n`);
    const store = await open();
    assert.equal(await store.joinTokens.insert('a', token), true);
    await store.close();
    assert.deepEqual(readdirSync(folder).sort(), ['ca.pem', 'password'], 'no SQLite file beside it');
    rmSync(folder, { recursive: true });
  });

  it('says no password, and no value, in its errors', async () => {
    const database = await server.database();
    const password = async () => 'not the password';
    await assert.rejects(openPostgresStore({ ...database, password }), (error: Error) => {
      assert.match(error.message, /28P01/);
      return !/not the password/.test(String(error.stack));
    });
    const store = await openPostgresStore(database);
    await server.ask('drop table documents', database.database);
    await assert.rejects(store.joinTokens.insert('a', { ...token, cluster: 'a value' }), (error: Error) => {
      assert.match(error.message, /42P01/);
      return !/a value/.test(error.message);
    });
    await store.close();
  });

  it('trusts no server that forgets, nor one that is behind', async () => {
    const database = await server.database();
    await server.ask('alter system set fsync = off');
    await server.ask('select pg_reload_conf()');
    await server.end('stop');
    await server.run();
    await assert.rejects(openPostgresStore(database), { ...UNAVAILABLE, message: /fsync is off/ });
    await server.ask('alter system reset fsync');
    await server.end('stop');
    await server.run();
    await (await openPostgresStore(database)).close();
  });

  it('waits for the disk at each change, whatever the database is set to', async () => {
    const database = await server.database();
    await server.ask(`alter database ${database.database} set synchronous_commit = off`);
    await server.ask(`alter database ${database.database} set default_transaction_isolation = serializable`);
    const store = await openPostgresStore(database);
    await store.joinTokens.insert('a', token);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => store.joinTokens.replace('a', 1, token)));
    assert.equal(outcomes.filter(Boolean).length, 1);
    await server.end();
    await server.run();
    assert.equal((await store.joinTokens.get('a'))?.version, 2);
    await store.close();
  });
});
