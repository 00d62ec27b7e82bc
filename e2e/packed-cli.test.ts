// SPDX-License-Identifier: Apache-2.0
// The packages as a user gets them: installed from their tarballs into an empty folder, away from this repository, and
// run by whatever Node the PATH has.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runKubectl } from './fixtures/kubectl.ts';
import { eventually } from './installation/eventually.ts';
import { RunningProcess } from './installation/running-process.ts';
import { leftovers, plainEnvironment, RunningUp } from './installation/running-up.ts';

const run = promisify(execFile);
const BUILD = fileURLToPath(new URL('../scripts/build.ts', import.meta.url));

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
  await using up = await RunningUp.start(command, ['up', '-o', 'json'], folder);
  const { ready, events } = up;
  const issuer = events.find(({ event }) => event === 'gateway')?.issuer;
  assert.ok(typeof issuer === 'string');

  const kubectl = join(folder, '.countersign', 'bin', 'kubectl');
  const settings = await runKubectl(kubectl, ready.kubeconfigs.agent, ['get', 'configmap', 'settings', '-o', 'name']);
  assert.deepEqual(settings, { code: 0, stdout: 'configmap/settings\n', stderr: '' });
  const { dir, trust } = ready.evidence;
  await run('npx', ['countersign', 'evidence', 'verify', dir, '--trust', trust], { cwd: folder, env });
  await assertOperatorIsLetIn(ready.control, issuer);
  assert.notDeepEqual(await leftovers(folder), []);

  const asAgent = { ...env, KUBECONFIG: ready.kubeconfigs.agent, HOME: folder };
  const watch = new RunningProcess(kubectl, ['get', 'configmaps', '-w'], asAgent);
  await watch.stdout.find((line) => line.startsWith('settings'));
  assert.equal(await up.stop(), 0);
  await watch.exited;
  assert.deepEqual(await cutReasons(dir), ['ERR_ENDED'], 'it is told of the end while there is a cluster');
  await eventually('nothing of it runs or is mounted', async () => (await leftovers(folder)).length === 0);
});
