// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { decodeEntries, type JournalEntry } from './journal-entry.ts';
import { recordingPath } from './recording-place.ts';

/**
 * Puts what was durable in the journal alone into the recordings that it is of, durably: after a loss of power their files may
 * lack it. What is there already is written once more as it is. A recording that is gone stays gone.
 */
export async function replayJournal(journal: string, dir: string): Promise<void> {
  const entries = [...decodeEntries(await unlessMissing(readFile(journal), Buffer.alloc(0)))];
  for (const [stream, of] of Map.groupBy(entries, ({ stream }) => stream)) {
    const path = recordingPath(dir, stream);
    const file = await unlessMissing(open(path, constants.O_RDWR | constants.O_NOFOLLOW), undefined);
    if (file === undefined) continue;
    try {
      await restore(file, of);
    } finally {
      await file.close();
    }
  }
}

async function restore(file: FileHandle, entries: readonly JournalEntry[]): Promise<void> {
  let { size } = await file.stat();
  for (const { offset, block } of entries) {
    // What stood before it and was durable is not there: the file is damaged, and a hole would hide that.
    if (offset > size) break;
    for (let written = 0; written < block.length; ) {
      written += (await file.write(block, written, block.length - written, offset + written)).bytesWritten;
    }
    size = Math.max(size, offset + block.length);
  }
  await file.sync();
}

async function unlessMissing<T, M>(work: Promise<T>, missing: M): Promise<T | M> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing;
    throw error;
  }
}
