// SPDX-License-Identifier: Apache-2.0
// Plain JavaScript for any Node >= 20: installs what is missing, then runs the task under the pinned Node.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tasks = {
  up: ['apps/cli/src/main.ts', 'up'],
  'lab-build': ['lab/src/build-main.ts'],
  test: ['scripts/test.ts'],
  'test-long': ['scripts/test-long.ts'],
  check: ['scripts/check.ts'],
  build: ['scripts/build.ts'],
  bench: ['bench/main.ts'],
  generate: ['scripts/generate.ts'],
  'generate-protobuf': ['scripts/generate-protobuf.ts'],
};

function fail(message) {
  process.stderr.write(`countersign: ${message}\n`);
  process.exit(1);
}

function installOnce() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.countersign-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('countersign: installing packages (npm ci)\n');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0) fail('npm ci failed; its own message is above. Mend that and run the command again.');
  writeFileSync(stamp, lock);
}

const [task, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(tasks, task)) fail(`unknown task ${JSON.stringify(task)}; one of: ${Object.keys(tasks).join(', ')}`);
installOnce();

const pinned = join(root, 'node_modules', '.bin', 'node');
const [script, ...fixed] = tasks[task];
const child = spawn(existsSync(pinned) ? pinned : process.execPath, [join(root, script), ...fixed, ...rest], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => fail(error.message));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
