// SPDX-License-Identifier: Apache-2.0
import { constants, type Dirent } from 'node:fs';
import { lstat, open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DirectoryItem, LogDirectory } from '@countersign/evidence';
import { readRange } from '@countersign/recording';
import { CliError } from '../cli-error.ts';
import { printable } from './printable.ts';

/**
 * A log directory of this machine. Symbolic links are told as what does not belong, and never followed below it. What the
 * machine does not let us read is a CliError with exit code 2: it says nothing about the log.
 */
export function nodeLogDirectory(dir: string): LogDirectory {
  return {
    async *list(path) {
      for await (const entry of entriesOf(join(dir, path))) {
        const item = await describe(join(dir, path), entry);
        if (item !== undefined) yield item;
      }
    },
    async read(path, offset, length) {
      const whole = join(dir, path);
      const file = await unlessMissing(whole, open(whole, constants.O_RDONLY | constants.O_NOFOLLOW));
      if (file === undefined) return undefined;
      try {
        return await readRange(file, offset, length);
      } catch (cause) {
        throw unreadable(whole, cause);
      } finally {
        await file.close();
      }
    },
  };
}

async function* entriesOf(path: string): AsyncGenerator<Dirent> {
  const entries = await unlessMissing(path, opendir(path));
  if (entries !== undefined) yield* entries;
}

/** Stands in a name for bytes that are not UTF-8: the file can't be opened by that name, and belongs to no log. */
const REPLACEMENT = '\ufffd';

/** Undefined for a file that has gone since it was listed: a log that is written to drops partial tiles. */
async function describe(parent: string, entry: Dirent): Promise<DirectoryItem | undefined> {
  const { name } = entry;
  if (name.includes(REPLACEMENT)) return { name, kind: 'other', bytes: 0 };
  if (entry.isDirectory()) return { name, kind: 'directory', bytes: 0 };
  if (!entry.isFile()) return { name, kind: 'other', bytes: 0 };
  const path = join(parent, name);
  const stat = await unlessMissing(path, lstat(path));
  return stat && { name, kind: 'file', bytes: stat.size };
}

async function unlessMissing<T>(path: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): CliError {
  return new CliError(2, `can't read ${printable(path)} (${(cause as NodeJS.ErrnoException).code})`, { cause });
}
