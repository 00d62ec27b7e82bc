// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { goArchitecture } from '../cache.ts';
import { LabError, type LabErrorCode } from '../lab-error.ts';
import type { LabProgress } from '../progress.ts';
import { writeTar } from '../tar.ts';
import { ETCD_VERSION, KUBERNETES_VERSION, type ProgramName } from '../versions.ts';
import { cachedProgramPath } from './program-cache.ts';
import { installFromRelease } from './release-archive.ts';
import { resolvePrograms } from './resolve-programs.ts';

const platform = `linux-${goArchitecture()}`;
const etcdArchive = `/v${ETCD_VERSION}/etcd-v${ETCD_VERSION}-${platform}.tar.gz`;
const etcdSums = `/v${ETCD_VERSION}/SHA256SUMS`;
const serverArchive = `/v${KUBERNETES_VERSION}/kubernetes-server-${platform}.tar.gz`;
const notLinux = process.platform === 'linux' ? false : 'release archives are for Linux';

let home = '';
let cacheDir = '';
let server: Server;
let base = '';
let asked: string[] = [];
let served: Map<string, Buffer>;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'countersign-programs-'));
  cacheDir = join(home, 'cache');
  asked = [];
  served = new Map();
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const body = served.get(request.url ?? '');
    response.writeHead(body ? 200 : 404).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await once(server.close(), 'close');
  rmSync(home, { recursive: true, force: true });
});

function archiveOf(dir: string, names: readonly string[]): Buffer {
  const files = names.map((name) => ({
    type: 'file' as const,
    name: `${dir}/${name}`,
    mode: 0o755,
    content: Buffer.from(`#!/bin/sh\necho ${name} of a release\n`),
  }));
  return gzipSync(writeTar(files));
}

function serveReleases(): void {
  const etcd = archiveOf('etcd', ['README.md', 'etcd', 'etcdctl']);
  served.set(etcdArchive, etcd);
  const sums = `${'0'.repeat(64)}  another.tar.gz\n${digest('sha256', etcd)}  etcd-v${ETCD_VERSION}-${platform}.tar.gz\n`;
  served.set(etcdSums, Buffer.from(sums));
  const kubernetes = archiveOf('kubernetes/server/bin', [
    'kube-apiserver',
    'kube-apiserver.tar',
    'kubelet',
    'kube-scheduler',
    'kubectl',
  ]);
  served.set(serverArchive, kubernetes);
  served.set(`${serverArchive}.sha512`, Buffer.from(digest('sha512', kubernetes)));
}

function digest(algorithm: string, bytes: Buffer): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

/** No Go and no Python: what no earlier source has ends in `ERR_LAB_GO_MISSING`. */
function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { PATH: '/nowhere', COUNTERSIGN_LAB_RELEASES: base, ...more };
}

function unfinished(): string[] {
  return readdirSync(cacheDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('unfinished'));
}

function putProgram(path: string, output: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho ${output}\n`);
  chmodSync(path, 0o755);
}

function failsWith(code: LabErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof LabError && error.code === code;
}

const resolve = (names: readonly ProgramName[], more: Record<string, string> = {}) =>
  resolvePrograms(names, { env: environment(more), cacheDir });

test('KUBEBUILDER_ASSETS comes first, before cache and release host', async () => {
  serveReleases();
  const assets = join(home, 'assets');
  putProgram(join(assets, 'etcd'), 'assets');
  putProgram(cachedProgramPath(cacheDir, 'etcd', KUBERNETES_VERSION), 'cache');
  const { paths } = await resolve(['etcd'], { KUBEBUILDER_ASSETS: assets });
  assert.equal(paths.get('etcd'), join(assets, 'etcd'));
  assert.deepEqual(asked, []);
});

test("the release's own kubectl comes with it where no packaged one is wanted", { skip: notLinux }, async () => {
  serveReleases();
  const { paths } = await resolvePrograms(['kubectl'], { env: environment(), cacheDir, packagedClients: false });
  assert.equal(paths.get('kubectl'), cachedProgramPath(cacheDir, 'kubectl', KUBERNETES_VERSION));
  assert.ok(asked.includes(serverArchive));
});

test('the cache comes before the release host', async () => {
  serveReleases();
  const path = cachedProgramPath(cacheDir, 'etcd', KUBERNETES_VERSION);
  putProgram(path, 'cache');
  assert.equal((await resolve(['etcd'])).paths.get('etcd'), path);
  assert.deepEqual(asked, []);
});

test('a release archive fills the cache with what was asked for, once', { skip: notLinux }, async () => {
  serveReleases();
  const names = ['etcd', 'kube-apiserver', 'kubelet'] as const;
  const [{ paths }] = await Promise.all([resolve(names), resolve(names)]);
  for (const name of names) {
    assert.equal(paths.get(name), cachedProgramPath(cacheDir, name, KUBERNETES_VERSION));
    assert.match(readFileSync(paths.get(name) ?? '', 'utf8'), new RegExp(`echo ${name} of a release`));
  }
  assert.deepEqual(asked, [etcdSums, etcdArchive, `${serverArchive}.sha512`, serverArchive]);
  assert.deepEqual(unfinished(), []);
});

test('an archive with another checksum is refused, and nothing of it is kept', { skip: notLinux }, async () => {
  serveReleases();
  served.set(etcdArchive, archiveOf('etcd', ['etcd', 'implant']));
  await assert.rejects(resolve(['etcd']), failsWith('ERR_LAB_RELEASE_CHECKSUM'));
  assert.equal(existsSync(cachedProgramPath(cacheDir, 'etcd', KUBERNETES_VERSION)), false);
  assert.deepEqual(unfinished(), []);
});

test('a checksum file that names another archive is refused', { skip: notLinux }, async () => {
  serveReleases();
  served.set(etcdSums, Buffer.from(`${'0'.repeat(64)}  another.tar.gz\n`));
  await assert.rejects(resolve(['etcd']), failsWith('ERR_LAB_RELEASE_CHECKSUM'));
});

test('an archive without the program, or cut short with a fitting checksum, is refused', {
  skip: notLinux,
}, async () => {
  const whole = archiveOf('etcd', ['etcd']);
  for (const archive of [
    archiveOf('etcd', ['README.md']),
    whole.subarray(0, whole.length - 12),
    Buffer.from('no archive'),
  ]) {
    served.set(etcdArchive, archive);
    served.set(etcdSums, Buffer.from(digest('sha256', archive).concat(`  etcd-v${ETCD_VERSION}-${platform}.tar.gz`)));
    await assert.rejects(resolve(['etcd']), failsWith('ERR_LAB_RELEASE_FORMAT'));
    assert.equal(existsSync(cachedProgramPath(cacheDir, 'etcd', KUBERNETES_VERSION)), false);
  }
});

test('a host without the release, and one that is down, send on to the build', async () => {
  await assert.rejects(resolve(['etcd']), failsWith('ERR_LAB_GO_MISSING'));
  const said: LabProgress[] = [];
  const env = environment({ COUNTERSIGN_LAB_RELEASES: 'http://127.0.0.1:1' });
  const down = resolvePrograms(['etcd'], { env, cacheDir, onProgress: (progress) => said.push(progress) });
  await assert.rejects(down, failsWith('ERR_LAB_GO_MISSING'));
  if (!notLinux)
    assert.ok(said.some(({ what, state }) => state === 'failed' && /127\.0\.0\.1:1 did not answer/.test(what)));
});

test('a host that takes the connection and stays silent is given up in time', async () => {
  const silent = createTcpServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const reason = await installFromRelease({
    hosts: { kubernetes: url, etcd: url },
    group: 'etcd',
    names: ['etcd'],
    kubernetesVersion: KUBERNETES_VERSION,
    cacheDir,
    answerTimeoutMs: 50,
  });
  assert.match(reason ?? '', /did not answer/);
  silent.close();
});

test('a release host without TLS is taken on loopback only', async () => {
  for (const url of ['http://mirror.example', 'http://127.0.0.1.example:80', 'ftp://127.0.0.1/', 'mirror']) {
    await assert.rejects(resolve(['etcd'], { COUNTERSIGN_LAB_RELEASES: url }), failsWith('ERR_LAB_OPTION'), url);
  }
});

test('with an API server of another version the rest is of that version, and never built', {
  skip: notLinux,
}, async () => {
  const assets = join(home, 'assets');
  putProgram(join(assets, 'kube-apiserver'), 'Kubernetes v1.36.3');
  const scheduler = cachedProgramPath(cacheDir, 'kube-scheduler', '1.36.3');
  const names = ['kube-apiserver', 'kube-scheduler'] as const;
  await assert.rejects(resolve(names, { KUBEBUILDER_ASSETS: assets }), failsWith('ERR_LAB_PROGRAM_MISSING'));
  assert.ok(asked.includes(`/v1.36.3/kubernetes-server-${platform}.tar.gz.sha512`));
  putProgram(scheduler, 'cache');
  const { paths, kubernetesVersion } = await resolve(names, { KUBEBUILDER_ASSETS: assets });
  assert.equal(kubernetesVersion, '1.36.3');
  assert.equal(paths.get('kube-scheduler'), scheduler);
});

test('the sample API server is in no release, and is built beside an API server of any version', async () => {
  serveReleases();
  const assets = join(home, 'assets');
  putProgram(join(assets, 'kube-apiserver'), 'Kubernetes v1.36.3');
  const env = { KUBEBUILDER_ASSETS: assets, PATH: '/nowhere' };
  await assert.rejects(resolve(['kube-apiserver', 'sample-apiserver'], env), failsWith('ERR_LAB_GO_MISSING'));
  assert.deepEqual(asked, []);
});

test('a KUBEBUILDER_ASSETS without any of the programs is a mistake, not a hint', async () => {
  await assert.rejects(resolve(['etcd'], { KUBEBUILDER_ASSETS: home }), failsWith('ERR_LAB_OPTION'));
});

test('what a killed installation left is removed by the next', { skip: notLinux }, async () => {
  serveReleases();
  const left = `${cachedProgramPath(cacheDir, 'kubelet', KUBERNETES_VERSION)}.unfinished-0123456789ab`;
  putProgram(left, 'half');
  putProgram(join(cacheDir, 'download.unfinished-0123456789ab', 'archive'), 'half');
  await resolve(['etcd']);
  assert.deepEqual(unfinished(), []);
});
