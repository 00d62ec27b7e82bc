// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually } from './installation/eventually.ts';
import { RunningProcess } from './installation/running-process.ts';

const STARTER = fileURLToPath(new URL('./fixtures/start-and-wait.ts', import.meta.url));

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('what a test has started ends with it when it is killed', async () => {
  const starter = new RunningProcess(process.execPath, [STARTER]);
  const started = Number(await starter.stdout.find((line) => /^\d+$/.test(line)));
  assert.ok(isRunning(started));
  await starter.kill();
  await eventually('it is gone', () => !isRunning(started));
});

test('what has ended is not killed again', async () => {
  const brief = new RunningProcess('/bin/sh', ['-c', 'exit 7']);
  assert.equal(await brief.exited, 7);
});
