// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { platformName } from '../cache.ts';
import { ETCD_VERSION, KUBERNETES_VERSION, type ProgramName } from '../versions.ts';

const UNFINISHED = /\.unfinished-[0-9a-f]{12}$/;

/** The project whose releases hold a program. */
export type ProgramGroup = 'etcd' | 'kubernetes';

/** Which project releases this program. */
export function programGroup(name: ProgramName): ProgramGroup {
  return name === 'etcd' ? 'etcd' : 'kubernetes';
}

/** Whether a program is in its project's release archive; what is not is built, and works with any version of the rest. */
export function isReleased(name: ProgramName): boolean {
  return name !== 'sample-apiserver';
}

/** Where the cache keeps a program, such as `<cache>/kubernetes-v1.37.2/linux-amd64/kubelet`. */
export function cachedProgramPath(cacheDir: string, name: ProgramName, kubernetesVersion: string): string {
  const group = programGroup(name);
  const ofKubernetes = isReleased(name) ? kubernetesVersion : KUBERNETES_VERSION;
  const version = group === 'etcd' ? ETCD_VERSION : ofKubernetes;
  return join(cacheDir, `${group}-v${version}`, platformName(), name);
}

/** The end of the name of a file or directory that is being made, and that {@link removeUnfinished} knows. */
export function unfinishedSuffix(): string {
  return `unfinished-${randomBytes(6).toString('hex')}`;
}

/** Whether there is a file here that this user may run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Removes what installations left behind that were killed half-way. The lock on installing MUST be held, so that none
 * of it belongs to anybody.
 */
export async function removeUnfinished(cacheDir: string): Promise<void> {
  for (const entry of await readdir(cacheDir, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (UNFINISHED.test(entry.name)) await rm(join(entry.parentPath, entry.name), { recursive: true, force: true });
  }
}

/**
 * Puts a program into place: `write` makes it at a path beside the final one, and only a whole file gets the name, so
 * that no reader ever meets half a program.
 */
export async function installProgram(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${unfinishedSuffix()}`;
  try {
    await write(temporary);
    await chmod(temporary, 0o755);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
