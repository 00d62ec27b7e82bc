// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CliError } from '../cli-error.ts';
import { nodeLogDirectory } from './node-log-directory.ts';

let dir: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-log-directory-'));
  await mkdir(join(dir, 'wal'));
  await writeFile(join(dir, 'checkpoint'), 'twelve bytes');
  await symlink('checkpoint', join(dir, 'link'));
});

after(() => rm(dir, { recursive: true }));

test('what is there is read and listed, and what is not is nothing', async () => {
  const log = nodeLogDirectory(dir);
  assert.equal(Buffer.from((await log.read('checkpoint', 7, 100)) ?? '').toString(), 'bytes');
  assert.equal(await log.read('gone', 0, 1), undefined);
  assert.deepEqual(await Array.fromAsync(log.list('gone')), []);
  const items = (await Array.fromAsync(log.list(''))).sort((a, b) => (a.name < b.name ? -1 : 1));
  assert.deepEqual(
    items.map(({ name, kind, bytes }) => `${name} ${kind} ${bytes}`),
    ['checkpoint file 12', 'link other 0', 'wal directory 0'],
  );
});

test('what the machine does not let us read is told as that, not as a log that is wrong', async () => {
  const log = nodeLogDirectory(dir);
  const unreadable = (code: string) => (error: unknown) =>
    error instanceof CliError && error.exitCode === 2 && error.message.includes(`(${code})`);
  await assert.rejects(log.read('wal', 0, 1), unreadable('EISDIR'));
  await assert.rejects(log.read('link', 0, 1), unreadable('ELOOP'));
  await assert.rejects(Array.fromAsync(log.list('checkpoint')), unreadable('ENOTDIR'));
});
