// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../run-step.ts';
import { completeLock, type Lock, missingFromLock } from './complete-lock.ts';
import { platformOf } from './platform-of.ts';

const lock: Lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const BIOME = 'node_modules/@biomejs/biome';
const BIOME_FOR_MUSL = 'node_modules/@biomejs/cli-linux-arm64-musl';

function without(place: string): Lock {
  return { packages: Object.fromEntries(Object.entries(lock.packages).filter(([key]) => key !== place)) };
}

test('the lock holds every platform; else run scripts/complete-lock.ts', () => {
  assert.deepEqual(missingFromLock(lock), []);
});

test('a platform that is missing is told, and completed', () => {
  const planted = without(BIOME_FOR_MUSL);
  const { version } = lock.packages[BIOME] ?? {};
  assert.deepEqual(missingFromLock(planted), [{ name: '@biomejs/cli-linux-arm64-musl', version, by: BIOME }]);
  assert.deepEqual(completeLock(planted).packages[BIOME_FOR_MUSL], {
    version,
    cpu: ['arm64'],
    dev: true,
    libc: ['musl'],
    license: 'MIT OR Apache-2.0',
    optional: true,
    os: ['linux'],
  });
});

test('a range is not completed', () => {
  const planted: Lock = { packages: { '': { optionalDependencies: { 'tool-linux-x64': '^1.0.0' } } } };
  assert.throws(() => completeLock(planted), RangeError);
});

test('names say the platform that npm has locked', () => {
  const known = Object.entries(lock.packages).filter(
    ([place, { integrity, os, cpu }]: [string, { integrity?: string; os?: unknown; cpu?: unknown }]) =>
      place.includes('/@ox') && integrity !== undefined && os !== undefined && cpu !== undefined,
  );
  assert.ok(known.length > 5);
  for (const [place, { os, cpu }] of known) {
    const { libc: _, ...platform } = platformOf(place.replace('node_modules/', ''));
    assert.deepEqual(platform, { os, cpu }, place);
  }
});
