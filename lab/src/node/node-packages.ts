// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { LabError } from '../lab-error.ts';
import { type ProgressListener, withStep } from '../progress.ts';
import { type NodeSupport, nodeSupport, systemLacks } from './node-support.ts';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const TAIL_CHARACTERS = 1_500;

/** Debian's packages of what a node needs. */
export const NODE_PACKAGES: readonly string[] = [
  'containerd',
  'runc',
  'containernetworking-plugins',
  'busybox-static',
  'iproute2',
];

/**
 * Makes this machine fit for a node if that is possible: as root on Debian, packages that are missing are installed by
 * apt, and the listener is told. Elsewhere nothing is changed, and the answer says why no node can run.
 * @throws LabError `ERR_LAB_PACKAGES` if apt fails, with the end of its output
 */
export async function ensureNodePackages(onProgress: ProgressListener = () => {}): Promise<NodeSupport> {
  const support = await nodeSupport();
  if (!('unavailable' in support) || systemLacks() || !existsSync('/usr/bin/apt-get')) return support;
  const names = NODE_PACKAGES.join(' ');
  await withStep(onProgress, { phase: 'packages', what: 'apt-get update', step: 1, of: 2 }, () => apt(['update']));
  await withStep(onProgress, { phase: 'packages', what: `apt-get install ${names}`, step: 2, of: 2 }, () =>
    apt(['install', '--yes', '--no-install-recommends', ...NODE_PACKAGES]),
  );
  return nodeSupport();
}

async function apt(args: readonly string[]): Promise<void> {
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['--quiet', ...args], { env, maxBuffer: MAX_OUTPUT_BYTES });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new LabError('ERR_LAB_PACKAGES', `apt-get ${args[0]} failed:\n${output.trim().slice(-TAIL_CHARACTERS)}`, {
      cause: error,
    });
  }
}
