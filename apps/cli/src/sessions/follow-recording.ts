// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import { findRecordings } from './recording-files.ts';

const LOOK_EVERY_MS = 100;
/** How often the log is asked whether the recording has ended: its file may be without an end, when its disk failed. */
const ASK_EVERY_LOOKS = 20;

/** Waits at the end of what is there; false when the log says that there will be no more. */
export function untilEnded(dir: string, stream: string): () => Promise<boolean> {
  let looks = 0;
  let isEnded = false;
  return async () => {
    if (isEnded) return false;
    await delay(LOOK_EVERY_MS);
    looks += 1;
    if (looks % ASK_EVERY_LOOKS !== 0) return true;
    const [known] = await findRecordings(dir, stream);
    // What was written before the end went on record is read once more.
    isEnded = known?.claims.end !== undefined;
    return true;
  };
}
