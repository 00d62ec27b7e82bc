// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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

const SAY_WHERE = 'process.stdout.write(JSON.stringify([process.cwd(), ...process.argv.slice(2)]));';

let dir: string;
before(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-launch-'));
  for (const folder of ['scripts', 'node_modules']) mkdirSync(join(dir, folder));
  copyFileSync(join(root, 'scripts', 'launch.js'), join(dir, 'scripts', 'launch.js'));
  writeFileSync(join(dir, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  mkdirSync(join(dir, 'apps', 'cli', 'src'), { recursive: true });
  writeFileSync(join(dir, 'apps', 'cli', 'src', 'main.ts'), SAY_WHERE);
  mkdirSync(join(dir, 'apps', 'console'));
  writeFileSync(join(dir, 'apps', 'console', 'build.ts'), '');
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

test('what ends npm ends what npm runs', { timeout: 30_000 }, async (t) => {
  launch(installed, '');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'countersign-npm-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(dir, folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'npm-ends', scripts }));
  const untilTold = "process.on('SIGTERM', () => process.exit()); setInterval(() => {}, 1_000);";
  const sayEnd = "process.on('exit', () => process.stdout.write('ended'));";
  writeFileSync(join(folder, 'scripts', 'check.ts'), `${untilTold}${sayEnd}process.stdout.write('up,');`);
  const npm = spawn('npm', ['run', '--silent', 'check'], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  for await (const part of npm.stdout.setEncoding('utf8')) {
    said += part;
    if (said === 'up,') npm.kill('SIGTERM');
  }
  assert.equal(said, 'up,ended');
});

test('paths given to npm start count from where it was typed, and what is kept stays in the clone without one', () => {
  launch(installed, '');
  const start = (from: string, ...args: string[]) => {
    // As npm does: in the root of the clone, with the directory of the caller in the environment.
    const env = { ...process.env, INIT_CWD: from };
    const run = [join(dir, 'scripts', 'launch.js'), 'up', ...args];
    return JSON.parse(spawnSync(process.execPath, run, { cwd: dir, env, encoding: 'utf8' }).stdout);
  };
  const here = realpathSync(dir);
  assert.deepEqual(start(dir), [here, 'up', '--dir', '.countersign']);
  // Of two, the later counts.
  const elsewhere = [join(here, 'scripts'), 'up', '--dir', join('..', '.countersign'), '--dir', 'mine'];
  assert.deepEqual(start(join(dir, 'scripts'), '--dir', 'mine'), elsewhere);
});
