// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

/** Processes that start may be what is waited for, on a machine that has others to serve. */
const WAIT_MS = 60_000;
const PAUSE_MS = 50;

/** Resolves to the first truthy answer, for what happens in another process and can't be awaited; else fails, after a minute. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T> | T,
  pauseMs = PAUSE_MS,
  waitMs = WAIT_MS,
): Promise<NonNullable<T>> {
  for (const end = Date.now() + waitMs; ; await delay(pauseMs)) {
    const answer = await ask();
    if (answer) return answer;
    assert.ok(Date.now() < end, `not within ${waitMs / 1_000} s: ${what}`);
  }
}
