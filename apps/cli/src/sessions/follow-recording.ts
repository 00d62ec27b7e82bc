// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import { openRecords } from '../evidence/open-records.ts';

const LOOK_EVERY_MS = 100;
/** How often the log is asked whether the recording has ended: its file may be without an end, when its disk failed. */
const ASK_EVERY_LOOKS = 20;

/** Whether a recording has an end on record. Each call goes on in the log where the one before it left off. */
function endInLog(dir: string, stream: string): () => Promise<boolean> {
  let next = 0;
  return async () => {
    for await (const { index, leaf } of openRecords(dir, { from: next })) {
      if (leaf.type === 'recording.end' && leaf.stream === stream) return true;
      next = index + 1;
    }
    return false;
  };
}

/** Waits at the end of what is there; false when the log says that there will be no more. */
export function untilEnded(dir: string, stream: string): () => Promise<boolean> {
  const hasEnd = endInLog(dir, stream);
  let looks = 0;
  let isEnded = false;
  return async () => {
    if (isEnded) return false;
    await delay(LOOK_EVERY_MS);
    looks += 1;
    // What was written before the end went on record is read once more.
    if (looks % ASK_EVERY_LOOKS === 0) isEnded = await hasEnd();
    return true;
  };
}
