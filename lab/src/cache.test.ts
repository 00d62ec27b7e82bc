// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { labCacheDir } from './cache.ts';

test('the cache is where XDG says, else under the home directory', () => {
  assert.equal(labCacheDir({ XDG_CACHE_HOME: '/var/tmp/c' }), '/var/tmp/c/countersign/lab');
  const fallback = join(homedir(), '.cache', 'countersign', 'lab');
  for (const value of ['', 'relative/dir']) assert.equal(labCacheDir({ XDG_CACHE_HOME: value }), fallback);
  assert.equal(labCacheDir({}), fallback);
});
