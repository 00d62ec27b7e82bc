// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { labCacheDir } from '@countersign/lab';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('./python/main.py', import.meta.url));
const REQUIREMENTS = fileURLToPath(new URL('./python/requirements.txt', import.meta.url));
const PIP = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--only-binary=:all:'];

/** The program that is made with the Python client, or why this machine can't run it. */
export type PythonClient =
  | { readonly command: readonly [python: string, main: string] }
  | { readonly unavailable: string };

/**
 * Installs the Python client, once, into a virtual environment in the lab's cache: of the versions, and with the hashes, of
 * `python/requirements.txt`, whose first lines say how it was made.
 */
export async function pythonClient(): Promise<PythonClient> {
  const id = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .digest('hex');
  const home = join(labCacheDir(), `python-client-${id.slice(0, 16)}`);
  const command = [join(home, 'bin', 'python'), MAIN] as const;
  if (await isInstalled(command[0])) return { command };
  const made = `${home}.${randomUUID()}`;
  try {
    const unavailable = (await makeEnvironment(made)) ?? (await installPackages(made));
    if (unavailable !== undefined) return { unavailable };
    // Of two that install at a time one comes first; what is broken is replaced.
    if (!(await isInstalled(command[0]))) {
      await rm(home, { recursive: true, force: true });
      await rename(made, home);
    }
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return { command };
}

async function isInstalled(python: string): Promise<boolean> {
  try {
    await run(python, ['-c', 'import kubernetes']);
    return true;
  } catch {
    return false;
  }
}

/** Why there can be none, if so. */
async function makeEnvironment(dir: string): Promise<string | undefined> {
  try {
    await run('python3', ['-m', 'venv', dir]);
    return undefined;
  } catch {
    return 'there is no Python 3 with venv and pip';
  }
}

/** Why they can't be installed, if so. */
async function installPackages(dir: string): Promise<string | undefined> {
  try {
    await run(join(dir, 'bin', 'python'), [...PIP, '--require-hashes', '--requirement', REQUIREMENTS]);
    return undefined;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : '';
    return `pip can't install the Python client: ${said}`;
  }
}
