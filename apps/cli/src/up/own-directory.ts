// SPDX-License-Identifier: Apache-2.0
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LogError, lockHome, type Unlock } from '@countersign/gateway';
import { CliError } from '../cli-error.ts';

/**
 * Makes a directory and keeps it to this process: a second `up` would write ports, configuration and keys under a gateway
 * that runs.
 * @throws CliError (1) when it can't be made, or another process has it
 */
export async function ownDirectory(root: string): Promise<Unlock> {
  await mkdir(root, { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(1, `no directory can be made at ${root} (${cause.code}): name another with --dir`, { cause });
  });
  try {
    return lockHome(join(root, 'up.lock'));
  } catch (cause) {
    if (!(cause instanceof LogError)) throw cause;
    throw new CliError(1, `another \`countersign up\` uses ${root}: stop it, or name another directory with --dir`, {
      cause,
    });
  }
}
