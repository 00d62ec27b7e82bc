// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { openSqliteStore } from './sqlite-store.ts';
import { storeSuite } from './store-suite.ts';

const dir = mkdtempSync(join(tmpdir(), 'countersign-store-'));
after(() => rmSync(dir, { recursive: true }));

let file = '';
let count = 0;
storeSuite(
  'SQLite',
  () => {
    file = join(dir, `${count++}.db`);
    return openSqliteStore(file);
  },
  () => openSqliteStore(file),
);

it('takes a readable file away from everybody but its owner', async () => {
  const readable = join(dir, 'readable.db');
  writeFileSync(readable, '');
  chmodSync(readable, 0o644);
  await (await openSqliteStore(readable)).close();
  assert.equal(statSync(readable).mode & 0o777, 0o600);
});

it('says which file is not a store', async () => {
  const broken = join(dir, 'broken.db');
  writeFileSync(broken, 'this is no database, and long enough to be told apart from an empty one'.repeat(20));
  await assert.rejects(openSqliteStore(broken), { code: 'ERR_STORE_UNAVAILABLE', message: /broken\.db/ });
});

it('closes in a process that has nothing else to wait for', () => {
  const store = new URL('./sqlite-store.ts', import.meta.url).href;
  const script = join(dir, 'alone.mjs');
  writeFileSync(
    script,
    `import { openSqliteStore } from '${store}';
    const store = await openSqliteStore('${join(dir, 'alone.db')}');
    await store.close();
    console.log('closed');`,
  );
  assert.equal(execFileSync(process.execPath, [script], { encoding: 'utf8' }), 'closed\n');
});
