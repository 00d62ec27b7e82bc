// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ownDirectory } from './own-directory.ts';
import { startUp } from './start-up.ts';

const root = mkdtempSync(join(tmpdir(), 'countersign-up-'));
after(() => rmSync(root, { recursive: true }));

test('a directory belongs to one `up` at a time, and a second one changes nothing in it', async () => {
  const unlock = await ownDirectory(root);
  await using stack = new AsyncDisposableStack();
  const options = {
    dir: root,
    cluster: 'lab',
    onEvent: () => assert.fail('nothing starts'),
    signal: AbortSignal.abort(),
  };
  await assert.rejects(startUp(options, stack), { exitCode: 1, message: /another `countersign up` uses/ });
  unlock();
  (await ownDirectory(root))();
});

test('what is no directory is told, with what to do', async () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  await assert.rejects(ownDirectory(file), { exitCode: 1, message: /no directory can be made .* --dir$/ });
});
