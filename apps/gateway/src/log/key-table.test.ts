// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KeyTable } from './key-table.ts';
import { sealedKeys } from './log-for-tests.ts';

const NOW = '2026-11-24T00:00:00.000000Z';
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-keys-'));
});

afterEach(() => rm(dir, { recursive: true }));

describe('KeyTable', () => {
  it('hands out one key for a scope, however many ask at once, and a verifier finds it', async () => {
    const table = await KeyTable.open(dir, true);
    const keys = await Promise.all(Array.from({ length: 5 }, () => table.obtain('session s1', NOW)));
    assert.equal(new Set(keys).size, 1);
    assert.notEqual((await table.obtain('session s2', NOW)).id, keys[0]?.id);
    await table.close();
    assert.deepEqual((await sealedKeys(dir)).find(keys[0]?.id ?? ''), { state: 'there', key: keys[0]?.key });
  });

  it('leaves out a line that was being written when the process died', async () => {
    const table = await KeyTable.open(dir, true);
    const { id } = await table.obtain('pseudonyms', NOW);
    await table.close();
    await appendFile(join(dir, 'table.jsonl'), '{"id":"');
    const again = await KeyTable.open(dir, false);
    assert.equal(again.held('pseudonyms')?.id, id);
    await again.obtain('session s1', NOW);
    await again.close();
    assert.equal((await readFile(join(dir, 'table.jsonl'), 'utf8')).split('\n').length, 4);
  });

  it('makes copies of the table useless when it destroys a key', async () => {
    const table = await KeyTable.open(dir, true);
    const kept = await table.obtain('session s1', NOW);
    const doomed = await table.obtain('session s2', NOW);
    const copy = await readFile(join(dir, 'table.jsonl'));
    await table.destroy([doomed.id], 'rule', NOW);
    assert.equal(table.held('session s2'), undefined);
    assert.equal((await readdir(dir)).filter((name) => name.startsWith('kek-')).length, 1);
    const keys = await sealedKeys(dir);
    assert.deepEqual(keys.find(doomed.id), { state: 'destroyed', at: NOW, rule: 'rule' });
    assert.deepEqual(keys.find(kept.id), { state: 'there', key: kept.key });
    await table.close();
    await writeFile(join(dir, 'table.jsonl'), copy);
    await assert.rejects(KeyTable.open(dir, false), { code: 'ERR_LOG_KEY' });
  });

  it('removes a key-wrapping key that was left by a process that died while it destroyed keys', async () => {
    const table = await KeyTable.open(dir, true);
    const doomed = await table.obtain('session s1', NOW);
    const old = (await readdir(dir)).find((name) => name.startsWith('kek-')) ?? '';
    const kek = await readFile(join(dir, old));
    await table.destroy([doomed.id], 'rule', NOW);
    await table.close();
    await writeFile(join(dir, old), kek);
    await (await KeyTable.open(dir, false)).close();
    const left = await readdir(dir);
    assert.equal(left.filter((name) => name.startsWith('kek-')).length, 1);
    assert.ok(!left.includes(old));
  });
});
