// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from './run-step.ts';

const wanted = {
  '': { name: 'somewhere' },
  'apps/one': { version: '1.0.0' },
  'node_modules/one': { resolved: 'apps/one', link: true },
  'node_modules/two': { version: '2.0.0', integrity: 'sha512-two' },
  'node_modules/for-another-platform': { version: '3.0.0', integrity: 'sha512-three', optional: true },
};

let dir: string;
before(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-launch-'));
  for (const folder of ['scripts', 'node_modules']) mkdirSync(join(dir, folder));
  copyFileSync(join(root, 'scripts', 'launch.js'), join(dir, 'scripts', 'launch.js'));
  writeFileSync(join(dir, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  // `npm ci` fails here at once, without the network: there is no package.json.
});
after(() => rmSync(dir, { recursive: true }));

function launch(installed: Readonly<Record<string, object>>, script: string) {
  writeFileSync(join(dir, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
  writeFileSync(join(dir, 'scripts', 'check.ts'), script);
  return spawnSync(process.execPath, [join(dir, 'scripts', 'launch.js'), 'check'], { encoding: 'utf8' });
}

const { '': _root, 'node_modules/for-another-platform': _absent, ...installed } = wanted;

test('a task runs without npm when what is installed is what the lock file names, whoever installed it', () => {
  const { stdout, stderr, status } = launch(installed, "process.stdout.write('ran'); process.exitCode = 7;");
  assert.deepEqual({ stdout, stderr, status }, { stdout: 'ran', stderr: '', status: 7 });
});

test('what is missing, or another version than the lock file names, is installed first', () => {
  const { 'node_modules/two': two, ...without } = installed;
  for (const other of [without, { ...without, 'node_modules/two': { ...two, version: '2.0.1' } }]) {
    const { stdout, stderr, status } = launch(other, "process.stdout.write('ran')");
    assert.match(stderr, /^countersign: installing packages \(npm ci\)\n[\s\S]*npm ci failed/);
    assert.deepEqual({ stdout, status }, { stdout: '', status: 1 });
  }
});

test('a task that was killed is said to have been', () => {
  const { stderr, status } = launch(installed, "process.kill(process.pid, 'SIGKILL')");
  assert.deepEqual({ stderr, status }, { stderr: 'countersign: check was ended by SIGKILL\n', status: 1 });
});
