// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadAssets } from './console-assets.ts';

test('what is served of a folder are plain files of known types, in it and in its assets', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-assets-'));
  try {
    await mkdir(join(dir, 'assets', 'deep'), { recursive: true });
    const files = [
      'index.html',
      'secret.key',
      '.hidden.js',
      'assets/app-1a2b.js',
      'assets/app.js.map',
      'assets/deep/x.js',
    ];
    for (const file of files) await writeFile(join(dir, file), file);
    await symlink(join(dir, 'secret.key'), join(dir, 'assets', 'link.js'));
    const assets = await loadAssets(dir);
    assert.deepEqual([...assets.keys()], ['/index.html', '/assets/app-1a2b.js']);
    assert.deepEqual(
      [...assets.values()].map(({ isImmutable }) => isImmutable),
      [false, true],
    );
    assert.equal((await loadAssets(undefined)).size, 0);
    assert.equal((await loadAssets(join(dir, 'none'))).size, 0);
  } finally {
    await rm(dir, { recursive: true });
  }
});
