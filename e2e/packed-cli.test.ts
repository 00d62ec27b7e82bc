// SPDX-License-Identifier: Apache-2.0
// The packages as a user gets them: installed from their tarballs into an empty folder, away from this repository, and
// run by whatever Node the PATH has.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runKubectl } from './fixtures/kubectl.ts';
import { eventually } from './installation/eventually.ts';
import { RunningProcess } from './installation/running-process.ts';

const run = promisify(execFile);
const BUILD = fileURLToPath(new URL('../scripts/build.ts', import.meta.url));
const OF_NPM_AND_RUNNER =
  /^(?:INIT_CWD|NODE|NODE_TEST_CONTEXT|npm_(?:command|execpath|node_execpath|lifecycle|package).*|npm_config_local_prefix)$/;

/** The line that ends start-up. */
interface Ready {
  readonly clusters: readonly { readonly name: string; readonly server: string }[];
  readonly kubeconfigs: { readonly agent: string; readonly direct: string };
  readonly evidence: { readonly dir: string; readonly trust: string };
  readonly control: string;
}

/** This environment without what npm and the test runner have put into it. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !OF_NPM_AND_RUNNER.test(name));
  const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => !dir.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) };
}

const env = plainEnvironment();
let home: string;
let folder: string;
let command: string;

before(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'countersign-packed-')));
  folder = join(home, 'empty');
  command = join(folder, 'node_modules', '.bin', 'countersign');
  await mkdir(folder);
  const out = join(home, 'built');
  await run(process.execPath, [BUILD, '--out', out]);
  const tarballs = (await readdir(join(out, 'tarballs'))).map((name) => join(out, 'tarballs', name));
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  await run('npm', ['install', ...flags, ...tarballs], { cwd: folder, env });
});
after(() => rm(home, { recursive: true, force: true }));

/** Command lines of the processes, and mounts, that name a path below the folder. */
async function leftovers(): Promise<readonly string[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'args=']);
  const mounts = process.platform === 'linux' ? await readFile('/proc/self/mounts', 'utf8') : '';
  return [...stdout.split('\n'), ...mounts.split('\n')].filter((line) => line.includes(folder));
}

test('the help names the verbs, by npx and by the command itself', async () => {
  const byNpx = await run('npx', ['countersign', '--help'], { cwd: folder, env });
  const byItself = await run(command, ['--help'], { cwd: home, env });
  assert.equal(byItself.stdout, byNpx.stdout);
  for (const verb of ['up', 'gateway', 'connector', 'policy', 'evidence']) {
    assert.match(byNpx.stdout, new RegExp(`^  ${verb}\\b`, 'm'));
  }
});

/** Whoever runs `up` has the operator's role, by a client of its identity provider. */
async function assertOperatorIsLetIn(control: string, issuer: string): Promise<void> {
  const own = join(folder, '.countersign');
  const secret = join(own, 'identity-provider', 'clients', 'operator.secret');
  const operator = ['--issuer', issuer, '--client-id', 'operator', '--client-secret-file', secret];
  const listener = ['--control', control, '--ca', join(own, 'tls', 'ca.pem')];
  const out = ['--out', join(folder, 'join-token'), '--ca-out', join(folder, 'tunnel-ca.pem')];
  await run('npx', ['countersign', 'clusters', 'join-token', 'lab', ...listener, ...operator, ...out], {
    cwd: folder,
    env,
  });
  assert.match(await readFile(join(folder, 'tunnel-ca.pem'), 'utf8'), /BEGIN CERTIFICATE/);
}

/** Why answers of long standing were cut, as the log has it. */
async function cutReasons(dir: string): Promise<readonly unknown[]> {
  const list = ['countersign', 'evidence', 'list', dir, '--type', 'answer.end', '-o', 'json'];
  const { stdout } = await run('npx', list, { cwd: folder, env });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).record.reason]));
}

test('up gets ready there, an agent reads through it, the log verifies, and Ctrl-C leaves nothing', async () => {
  // In a process group of its own, which is what a terminal sends Ctrl-C to.
  const up = spawn(command, ['up', '-o', 'json'], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(up, 'exit');
  const interrupt = () => {
    if (up.pid !== undefined && up.exitCode === null && up.signalCode === null) process.kill(-up.pid, 'SIGINT');
  };
  process.once('exit', interrupt);
  let complaints = '';
  up.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  let ready: Ready | undefined;
  let issuer = '';
  for await (const line of createInterface({ input: up.stdout })) {
    const event = JSON.parse(line);
    if (event.event === 'gateway') issuer = event.issuer;
    if (event.event !== 'ready') continue;
    ready = event;
    break;
  }
  assert.ok(ready, complaints);

  const kubectl = join(folder, '.countersign', 'bin', 'kubectl');
  const settings = await runKubectl(kubectl, ready.kubeconfigs.agent, ['get', 'configmap', 'settings', '-o', 'name']);
  assert.deepEqual(settings, { code: 0, stdout: 'configmap/settings\n', stderr: '' });
  const { dir, trust } = ready.evidence;
  await run('npx', ['countersign', 'evidence', 'verify', dir, '--trust', trust], { cwd: folder, env });
  await assertOperatorIsLetIn(ready.control, issuer);
  assert.notDeepEqual(await leftovers(), []);

  const asAgent = { ...env, KUBECONFIG: ready.kubeconfigs.agent, HOME: folder };
  const watch = new RunningProcess(kubectl, ['get', 'configmaps', '-w'], asAgent);
  await watch.stdout.find((line) => line.startsWith('settings'));
  interrupt();
  process.removeListener('exit', interrupt);
  assert.deepEqual(await exited, [0, null], complaints);
  await watch.exited;
  assert.deepEqual(await cutReasons(dir), ['ERR_ENDED'], 'it is told of the end while there is a cluster');
  await eventually('nothing of it runs or is mounted', async () => (await leftovers()).length === 0);
});
