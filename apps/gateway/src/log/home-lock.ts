// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync } from 'node:sqlite';
import { LogError } from './log-error.ts';

const SQLITE_BUSY = 5;

/** Lets the lock go. */
export type Unlock = () => void;

/**
 * Keeps every other process from opening the log. Node has no flock, but SQLite locks its file, and the system lets the
 * lock go when the process dies, however it dies. The file stays empty.
 * @throws LogError `ERR_LOG_LOCKED`
 */
export function lockHome(path: string): Unlock {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if ((cause as { errcode?: unknown }).errcode !== SQLITE_BUSY) throw cause;
    throw new LogError('ERR_LOG_LOCKED', `another process has the log open (${path})`, { cause });
  }
  return () => {
    database.close();
  };
}
