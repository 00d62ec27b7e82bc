// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface WrittenFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * Every file under a directory, also while a gateway writes there: what it writes anew has a name of its own until it is
 * whole, so where a file is gone again, all is looked through once more for the name that it has by then.
 */
export async function writtenFiles(dir: string): Promise<readonly WrittenFile[]> {
  const files = new Map<string, WrittenFile>();
  let isMoving = true;
  while (isMoving) {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const fresh = paths.filter((path) => !files.has(path));
    for (const path of fresh) {
      const bytes = await readFile(path).catch(unlessGone);
      if (bytes !== undefined) files.set(path, { path, bytes });
    }
    isMoving = fresh.some((path) => !files.has(path));
  }
  return [...files.values()];
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
