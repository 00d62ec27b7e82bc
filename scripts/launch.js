// SPDX-License-Identifier: Apache-2.0
// Plain JavaScript for any Node >= 20: installs what is missing, then runs the task under the pinned Node.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Runs TypeScript as it is, and has all that we use. */
const OLDEST = { major: 24, minor: 15 };

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tasks = {
  up: ['apps/cli/src/main.ts', 'up'],
  'lab-build': ['lab/src/build-main.ts'],
  test: ['scripts/test.ts'],
  'test-long': ['scripts/test-long.ts'],
  fuzz: ['e2e/fuzz/main.ts'],
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

/** The packages of a lock file of npm, by place; of the one that npm leaves in node_modules, those that are there. */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return {};
  }
}

/** Whether what is installed is what the lock file names; packages for other platforms may be missing. */
function isInstalled() {
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([place, { version, integrity, optional }]) => {
      const found = installed[place];
      if (!place.includes('node_modules/') || (optional && !found)) return true;
      return found?.version === version && found?.integrity === integrity;
    },
  );
}

function install() {
  if (isInstalled()) return;
  process.stderr.write('countersign: installing packages (npm ci)\n');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0) fail('npm ci failed; its own message is above. Mend that and run the command again.');
}

/** The pinned Node, else the one that runs this if it is new enough to run TypeScript. */
function findNode() {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return process.execPath;
  const needed = `${OLDEST.major}.${OLDEST.minor}`;
  return fail(
    `no packaged Node for ${process.platform} on ${process.arch}, or npm left optional packages out; ` +
      `this is Node ${process.versions.node}, and without the package Node ${needed} or later is needed`,
  );
}

const [task, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(tasks, task)) fail(`unknown task ${JSON.stringify(task)}; one of: ${Object.keys(tasks).join(', ')}`);
install();

// npm runs scripts in the root of the repository. A path that is given to `up` counts from where it was typed.
const cwd = task === 'up' ? (process.env.INIT_CWD ?? process.cwd()) : root;
const defaults = task === 'up' ? ['--dir', relative(cwd, join(root, '.countersign'))] : [];

/** The console as browsers load it, where its sources are younger. */
function buildConsole(node) {
  const { status } = spawnSync(node, [join(root, 'apps/console/build.ts'), '--if-stale'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) fail('the console could not be built; why is said above');
}

const node = findNode();
if (task === 'up') buildConsole(node);
const [script, ...fixed] = tasks[task];
const child = spawn(node, [join(root, script), ...fixed, ...defaults, ...rest], {
  cwd,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => fail(error.message));
child.on('exit', (code, signal) => {
  if (signal === 'SIGINT' || signal === 'SIGTERM') process.exit(1);
  if (signal) fail(`${task} was ended by ${signal}`);
  process.exit(code ?? 1);
});
