// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { LabError } from '../lab-error.ts';
import { findGo, isRecentGo } from './go-toolchain.ts';

test('versions of Go are compared as numbers', () => {
  for (const version of ['go1.26', 'go1.26.0', 'go1.27.3', 'go1.100.1', 'go2.0'])
    assert.ok(isRecentGo(version), version);
  for (const version of ['go1.25.9', 'go1.9', 'go1.3', 'go0.99', 'devel', '']) assert.ok(!isRecentGo(version), version);
});

test('a machine with neither Go nor Python is told what to install', async () => {
  await assert.rejects(
    findGo({ cacheDir: tmpdir(), env: { PATH: '/nowhere' } }),
    (error) =>
      error instanceof LabError && error.code === 'ERR_LAB_GO_MISSING' && /Install Go, or Python 3/.test(error.message),
  );
});
