// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** How a client is to run Countersign: by name when the PATH has it, else as this very process was run. */
export function findCommand(path: string, execPath: string, script: string): readonly [string, ...string[]] {
  const onPath = path.split(delimiter).some((dir) => dir !== '' && isExecutable(join(dir, 'countersign')));
  return onPath ? ['countersign'] : [execPath, resolve(script)];
}
