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

/** npm and npx put these on the PATH of what they run, and of nothing else: a client would not find what is there. */
const OF_NPM = /[\\/]node_modules[\\/]\.bin[\\/]?$/;

/** How a client is to run Countersign: by name when the PATH has it, else as this very process was run. */
export function findCommand(path: string, execPath: string, script: string): readonly [string, ...string[]] {
  const dirs = path.split(delimiter).filter((dir) => dir !== '' && !OF_NPM.test(dir));
  const onPath = dirs.some((dir) => isExecutable(join(dir, 'countersign')));
  return onPath ? ['countersign'] : [execPath, resolve(script)];
}
