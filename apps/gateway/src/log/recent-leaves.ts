// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { decodeFrame, EvidenceError, type Frame, segmentName } from '@countersign/evidence';
import { listSegments } from './wal-recovery.ts';

/** What was begun before a crash stands in the last segment, or at the end of the one before it. */
const SEGMENTS = 2;

/** The next frame; none where the log ends, or where it is being written at this moment: that is not looked for. */
function frameAt(segment: Uint8Array, at: number): Frame | undefined {
  try {
    return decodeFrame(segment, at, crc32);
  } catch (error) {
    if (error instanceof EvidenceError) return undefined;
    throw error;
  }
}

function* leavesOf(segment: Uint8Array): Generator<string> {
  for (let at = 0; ; ) {
    const frame = frameAt(segment, at);
    if (frame === undefined) return;
    if (frame.type === 'entry') yield Buffer.from(frame.payload).toString('utf8');
    at = frame.end;
  }
}

/** Leaves at the end of the log, which is open and whole, as JSON and with their indexes, in order: of the last two segments. */
export async function* recentEntries(
  logDir: string,
): AsyncGenerator<{ readonly index: number; readonly text: string }> {
  const walDir = join(logDir, 'wal');
  for (const first of (await listSegments(walDir)).slice(-SEGMENTS)) {
    let index = first;
    for (const text of leavesOf(await readFile(join(walDir, segmentName(first))))) {
      yield { index, text };
      index += 1;
    }
  }
}

/** As {@link recentEntries}, without their indexes. */
export async function* recentLeaves(logDir: string): AsyncGenerator<string> {
  for await (const { text } of recentEntries(logDir)) yield text;
}
