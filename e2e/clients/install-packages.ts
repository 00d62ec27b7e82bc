// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { labCacheDir } from '@countersign/lab';

/**
 * Installs packages, `name@version` each, into the lab's cache, where a second run finds them; returns their directories.
 * They are too large (35 MB each) for a dependency that everybody would download.
 */
export async function installPackages(packages: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const prefix = join(labCacheDir(), 'client-packages');
  await mkdir(prefix, { recursive: true });
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', '--prefer-offline'];
  await promisify(execFile)('npm', ['install', '--prefix', prefix, ...options, ...packages], { cwd: prefix });
  const dirOf = (name: string) => join(prefix, 'node_modules', name.slice(0, name.lastIndexOf('@')));
  return new Map(packages.map((name) => [name, dirOf(name)]));
}
