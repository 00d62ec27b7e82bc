// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { LogError, lockHome, type Unlock } from '@countersign/gateway';
import { CliError } from '../cli-error.ts';

/**
 * Keeps a directory to this process: a second `up` would write ports, configuration and keys under a gateway that runs.
 * @throws CliError (1) when another process has it
 */
export function ownDirectory(root: string): Unlock {
  try {
    return lockHome(join(root, 'up.lock'));
  } catch (cause) {
    if (!(cause instanceof LogError)) throw cause;
    throw new CliError(1, `another \`countersign up\` uses ${root}: stop it, or name another directory with --dir`, {
      cause,
    });
  }
}
