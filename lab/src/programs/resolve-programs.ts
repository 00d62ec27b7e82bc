// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { labCacheDir } from '../cache.ts';
import { withFileLock } from '../file-lock.ts';
import { LabError } from '../lab-error.ts';
import { type ProgressListener, withStep } from '../progress.ts';
import { KUBERNETES_VERSION, type ProgramName } from '../versions.ts';
import { clientPackageDir, clientPrograms, clientsRunHere } from './client-programs.ts';
import { buildProgram } from './go-build.ts';
import { findGo } from './go-toolchain.ts';
import { cachedProgramPath, isProgram, isReleased, programGroup, removeUnfinished } from './program-cache.ts';
import { installFromRelease, OFFICIAL_RELEASES, type ReleaseHosts } from './release-archive.ts';

const run = promisify(execFile);

/** Where programs may come from. */
export interface ProgramOptions {
  readonly cacheDir?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Base URLs of release hosts; else `COUNTERSIGN_LAB_RELEASES` for both, else the projects' own. */
  readonly releases?: ReleaseHosts;
  /** Whether a stock kubectl may come from its npm package, in the version of that; default true. */
  readonly packagedClients?: boolean;
  readonly onProgress?: ProgressListener;
  readonly signal?: AbortSignal;
}

/** The programs that were asked for, each as an absolute path, and the Kubernetes version that they have. */
export interface ResolvedPrograms {
  readonly paths: ReadonlyMap<ProgramName, string>;
  readonly kubernetesVersion: string;
}

interface Search {
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly releases: ReleaseHosts;
  readonly onProgress: ProgressListener;
  readonly signal: AbortSignal | undefined;
  readonly kubernetesVersion: string;
}

/**
 * Finds each program in the first source that has it: the directory that `KUBEBUILDER_ASSETS` names, the npm package
 * (kubectl), the cache, the project's release archive, a build from Go modules. What is missing is installed once, by
 * one process, while others wait. Where `KUBEBUILDER_ASSETS` holds another version, the rest is of that version too,
 * and is not built.
 * @throws LabError `ERR_LAB_PROGRAM_MISSING`, or what the sources throw
 */
export async function resolvePrograms(
  names: readonly ProgramName[],
  options: ProgramOptions = {},
): Promise<ResolvedPrograms> {
  const env = options.env ?? process.env;
  const assets = assetPaths(names, env);
  const apiServer = assets.get('kube-apiserver');
  const search: Search = {
    env,
    cacheDir: options.cacheDir ?? labCacheDir(env),
    releases: options.releases ?? releasesFrom(env),
    onProgress: options.onProgress ?? (() => {}),
    signal: options.signal,
    kubernetesVersion: apiServer ? await versionOf(apiServer) : KUBERNETES_VERSION,
  };
  const paths = new Map(assets);
  const mayBePackaged = options.packagedClients !== false && clientsRunHere();
  if (names.includes('kubectl') && !paths.has('kubectl') && mayBePackaged) {
    paths.set('kubectl', (await clientPrograms(clientPackageDir(), search.cacheDir)).kubectl);
  }
  const rest = names.filter((name) => !paths.has(name));
  if (missingFrom(search, rest).length > 0) await installMissing(search, rest);
  for (const name of rest) paths.set(name, cachedProgramPath(search.cacheDir, name, search.kubernetesVersion));
  return { paths, kubernetesVersion: search.kubernetesVersion };
}

function assetPaths(names: readonly ProgramName[], env: NodeJS.ProcessEnv): Map<ProgramName, string> {
  const dir = env.KUBEBUILDER_ASSETS;
  if (!dir) return new Map();
  const found = names.filter((name) => isProgram(join(dir, name)));
  if (found.length === 0) {
    throw new LabError('ERR_LAB_OPTION', `KUBEBUILDER_ASSETS is ${dir}, which holds none of ${names.join(', ')}`);
  }
  return new Map(found.map((name) => [name, join(dir, name)]));
}

function releasesFrom(env: NodeJS.ProcessEnv): ReleaseHosts {
  const base = env.COUNTERSIGN_LAB_RELEASES?.replace(/\/+$/, '');
  if (!base) return OFFICIAL_RELEASES;
  // The checksum comes from the same host, so only the connection can say that the host is the right one.
  if (!/^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/])/.test(`${base}/`)) {
    const message = `COUNTERSIGN_LAB_RELEASES is ${JSON.stringify(base)}; it takes an https URL, or http on loopback`;
    throw new LabError('ERR_LAB_OPTION', message);
  }
  return { kubernetes: base, etcd: base };
}

async function versionOf(apiServer: string): Promise<string> {
  const { stdout } = await run(apiServer, ['--version']);
  const [, version] = /v(\d+\.\d+\.\d+)/.exec(stdout) ?? [];
  if (!version) throw new LabError('ERR_LAB_OPTION', `${apiServer} does not say its version`);
  return version;
}

function missingFrom(search: Search, names: readonly ProgramName[]): ProgramName[] {
  return names.filter((name) => !isProgram(cachedProgramPath(search.cacheDir, name, search.kubernetesVersion)));
}

async function installMissing(search: Search, names: readonly ProgramName[]): Promise<void> {
  const lock = join(search.cacheDir, 'install.lock');
  const onWait = (): void => {
    const what = 'waiting for another process that installs the programs';
    search.onProgress({ phase: 'build', what, state: 'started', step: 1, of: 1, elapsedMs: 0 });
  };
  await withFileLock(lock, onWait, async () => {
    await removeUnfinished(search.cacheDir);
    await downloadMissing(search, missingFrom(search, names).filter(isReleased));
    await buildMissing(search, missingFrom(search, names));
  });
}

/** Both projects release these archives for Linux alone. */
async function downloadMissing(search: Search, missing: readonly ProgramName[]): Promise<void> {
  if (process.platform !== 'linux') return;
  const groups = (['etcd', 'kubernetes'] as const).filter((group) =>
    missing.some((name) => programGroup(name) === group),
  );
  for (const [index, group] of groups.entries()) {
    const names = missing.filter((name) => programGroup(name) === group);
    const what = `release archive of ${group} from ${new URL(search.releases[group]).host}`;
    await withStep(
      search.onProgress,
      { phase: 'download', what, step: index + 1, of: groups.length },
      () => installFromRelease({ ...search, hosts: search.releases, group, names }),
      (reason) => reason,
    );
  }
}

async function buildMissing(search: Search, missing: readonly ProgramName[]): Promise<void> {
  if (missing.length === 0) return;
  const ofThatVersion = missing.filter(isReleased);
  if (search.kubernetesVersion !== KUBERNETES_VERSION && ofThatVersion.length > 0) {
    const message =
      `KUBEBUILDER_ASSETS holds Kubernetes ${search.kubernetesVersion}, but neither it nor the release host has ` +
      `${ofThatVersion.join(', ')} of that version, and the lab builds ${KUBERNETES_VERSION} only`;
    throw new LabError('ERR_LAB_PROGRAM_MISSING', message);
  }
  const of = missing.length + 1;
  const { onProgress } = search;
  const go = await withStep(onProgress, { phase: 'build', what: 'finding Go', step: 1, of }, () => findGo(search));
  for (const [index, name] of missing.entries()) {
    const step = { phase: 'build', what: `compiling ${name}`, step: index + 2, of } as const;
    await withStep(onProgress, step, () => buildProgram({ ...search, name, go }));
  }
}
