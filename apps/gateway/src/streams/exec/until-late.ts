// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';

/** How long a caller may take to hear why it was ended; one that does not read is closed all the same. */
export const FAREWELL_MS = 500;
/** What is left to send of a session that came to its end may take longer. */
const FINISH_MS = 30_000;

/** Resolves when a caller has had its time to hear how its session ended: soon, where the exchange is ended. */
export async function untilLate(ended: AbortSignal): Promise<void> {
  const soon = () => delay(FAREWELL_MS, undefined, { ref: false });
  await delay(FINISH_MS, undefined, { ref: false, signal: ended }).catch(soon);
}
