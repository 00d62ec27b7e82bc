// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { withFileLock } from './file-lock.ts';

const home = mkdtempSync(join(tmpdir(), 'countersign-lock-'));
after(() => rmSync(home, { recursive: true, force: true }));

/** The timer refers to the promise: work that nothing could ever end is collected as garbage, and its lock with it. */
const HOLDER = `
  import { withFileLock } from ${JSON.stringify(new URL('./file-lock.ts', import.meta.url).href)};
  const untilKilled = (resolve) => setTimeout(resolve, 2 ** 31 - 1);
  await withFileLock(process.argv[1], () => {}, () => { process.stdout.write('held'); return new Promise(untilKilled); });
`;

test('two holders never overlap', async () => {
  const path = join(home, 'one.lock');
  let holders = 0;
  let waited = 0;
  const hold = (): Promise<void> =>
    withFileLock(
      path,
      () => {
        waited += 1;
      },
      async () => {
        holders += 1;
        assert.equal(holders, 1);
        await new Promise(setImmediate);
        holders -= 1;
      },
    );
  await Promise.all([hold(), hold(), hold()]);
  assert.ok(waited >= 1);
});

test('a holder that is killed leaves the lock free', async () => {
  const path = join(home, 'two.lock');
  const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const { promise: waiting, resolve: isWaiting } = Promise.withResolvers<void>();
  const taken = withFileLock(path, isWaiting, async () => 'mine');
  await waiting;
  holder.kill('SIGKILL');
  assert.equal(await taken, 'mine');
});
