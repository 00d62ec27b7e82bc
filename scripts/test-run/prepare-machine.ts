// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureNodePackages, formatProgress, type LabProgress, type NodeSupport } from '@countersign/lab';

const run = promisify(execFile);
const APT = '/usr/bin/apt-get';
/** Each is in the package of its name. */
const PROGRAMS = ['strace', 'zsh', 'fish'];
const QUIET_MS = 30_000;

/** A listener that prints when a step starts and ends, and every half minute that it still runs. */
export function printProgress(): (progress: LabProgress) => void {
  let nextMs = QUIET_MS;
  return (progress) => {
    if (progress.state === 'started') nextMs = QUIET_MS;
    if (progress.state === 'running' && progress.elapsedMs < nextMs) return;
    if (progress.state === 'running') nextMs = progress.elapsedMs + QUIET_MS;
    process.stdout.write(`${formatProgress(progress)}\n`);
  };
}

function isOnPath(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => existsSync(join(folder, program)));
}

/**
 * Installs by apt, as root on Debian and saying so, what the tests of a real node, of failing disks and of the completion
 * of shells need. Elsewhere nothing is changed: those tests then say by themselves that they are not run.
 * @throws LabError or Error of the package manager, with the end of its output
 */
export async function prepareMachine(): Promise<NodeSupport> {
  const support = await ensureNodePackages(printProgress());
  const missing = PROGRAMS.filter((program) => !isOnPath(program));
  if (missing.length > 0 && process.getuid?.() === 0 && existsSync(APT)) {
    process.stdout.write(`apt-get install ${missing.join(' ')}\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run(APT, ['--quiet', 'update'], { env });
    await run(APT, ['--quiet', 'install', '--yes', '--no-install-recommends', ...missing], { env });
  }
  return support;
}
