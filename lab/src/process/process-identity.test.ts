// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { identifyProcess, isRunning, killProcesses } from './process-identity.ts';

function sleeper(): number {
  const child = spawn('sleep', ['600'], { stdio: 'ignore', detached: true });
  child.unref();
  assert.ok(child.pid);
  return child.pid;
}

test('a process is told from another with its number', () => {
  const own = identifyProcess(process.pid);
  assert.ok(own && isRunning(own));
  assert.equal(isRunning({ ...own, started: 'earlier' }), false);
});

test('killing ends the given process and leaves one that only has its number', async () => {
  const [first, second] = [identifyProcess(sleeper()), identifyProcess(sleeper())];
  assert.ok(first && second);
  await killProcesses([first, { ...second, started: 'earlier' }]);
  assert.equal(isRunning(first), false);
  assert.equal(isRunning(second), true);
  await killProcesses([second]);
  assert.equal(isRunning(second), false);
});

test('a process that ended is nobody, collected or not', async () => {
  const child = spawn('true', { stdio: 'ignore' });
  await once(child, 'exit');
  assert.equal(identifyProcess(child.pid ?? 0), undefined);
});
