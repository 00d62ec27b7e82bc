// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes what was renamed or removed in a directory survive a power loss. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export interface DurableFileOptions {
  /** Where the file is made before it is renamed: on the same volume. */
  readonly tmp: string;
  /** Permissions, 0o600 by default. */
  readonly mode?: number;
  /** False leaves it to the caller to sync the directory. */
  readonly syncDirectory?: boolean;
}

/** Puts a whole file in place: made elsewhere, synced, renamed. Nobody ever sees a part of it. */
export async function writeDurableFile(path: string, bytes: Uint8Array, options: DurableFileOptions): Promise<void> {
  const made = join(options.tmp, `${randomUUID()}.new`);
  try {
    const file = await open(made, 'wx', options.mode ?? 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(made, path);
  } catch (error) {
    await rm(made, { force: true });
    throw error;
  }
  if (options.syncDirectory !== false) await syncDirectory(dirname(path));
}
