// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { jsonProcessLog, type ProcessLog, type ServedLine, tellServed } from './process-log.ts';
import type { Served } from './serve.ts';

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

test('strangers get so many lines and no more; who was let in always has one', () => {
  const lines: ServedLine[] = [];
  let time = 0;
  const processLog = { served: (line: ServedLine) => lines.push(line) } as unknown as ProcessLog;
  const tell = tellServed(processLog, () => new Date(time));
  const stranger: Served = { id: 'stranger', reached: undefined, fault: undefined };
  const known = { id: 'known', reached: { allowance: {}, receivedAt: new Date(0) } } as unknown as Served;
  for (let i = 0; i < 1_000; i += 1) tell(stranger);
  assert.equal(lines.length, 100);
  for (let i = 0; i < 1_000; i += 1) tell(known);
  assert.equal(lines.length, 1_100);
  time += 1_000;
  for (let i = 0; i < 1_000; i += 1) tell(stranger);
  assert.equal(lines.length, 1_110);
});
