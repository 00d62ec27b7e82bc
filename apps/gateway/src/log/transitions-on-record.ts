// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { decodeFrame, EvidenceError, type Frame, type Leaf, segmentName } from '@countersign/evidence';
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

/** Which of these transitions of approvals have a record at the end of the log, which is open and whole. */
export async function transitionsOnRecord(
  logDir: string,
  transitions: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const walDir = join(logDir, 'wal');
  for (const first of (await listSegments(walDir)).slice(-SEGMENTS)) {
    for (const text of leavesOf(await readFile(join(walDir, segmentName(first))))) {
      if (!transitions.some((one) => text.includes(one))) continue;
      const leaf = JSON.parse(text) as Leaf;
      if ('transition' in leaf && leaf.transition !== undefined) found.add(leaf.transition);
    }
  }
  return found;
}
