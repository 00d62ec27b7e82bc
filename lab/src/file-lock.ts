// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

const RETRY_MS = 150;
const SQLITE_BUSY = 5;

/**
 * Runs `work` while this process alone, among all on the machine, holds the lock at `path`.
 * The operating system frees the lock when its holder dies, however it dies, so no lock is ever stale.
 * `onWait` is called once if somebody else holds it.
 */
export async function withFileLock<T>(path: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = new DatabaseSync(path);
  try {
    for (let told = false; !tryLock(file); told = true) {
      if (!told) onWait();
      await delay(RETRY_MS);
    }
    return await work();
  } finally {
    file.close();
  }
}

/** SQLite's own file locking is the one portable lock that Node offers; nothing is stored in the file. */
function tryLock(file: DatabaseSync): boolean {
  try {
    file.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
