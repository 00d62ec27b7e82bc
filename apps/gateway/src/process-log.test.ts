// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { jsonProcessLog } from './process-log.ts';

test('lines go to the end of a file that its owner alone can read', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-process-log-'));
  try {
    const file = join(directory, 'gateway.jsonl');
    jsonProcessLog(file).warn('one');
    jsonProcessLog(file).problem('two', new Error('three'));
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).msg),
      ['one', 'two'],
    );
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('a full disk takes lines, not the gateway', { skip: process.platform !== 'linux' }, () => {
  assert.doesNotThrow(() => jsonProcessLog('/dev/full').warn('lost'));
});
