// SPDX-License-Identifier: Apache-2.0

const FIRST_MS = 5_000;
const MAX_MS = 3_600_000;

/** After so many attempts nobody tries again: a day and a half, where each waits as long as it may. */
export const MAX_ATTEMPTS = 20;
/** Nor when it is older: news of yesterday. */
export const MAX_AGE_MS = 24 * 3_600_000;

/**
 * How long to wait after an attempt, of which there were `attempts` before: twice as long each time, at most an hour, and
 * between half of that and all of it, by `random` from 0 to 1; never less than the receiver asked for, within the hour.
 */
export function backoffMs(attempts: number, random: number, retryAfterMs = 0): number {
  const whole = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempts, 30));
  return Math.max(Math.round(whole * (0.5 + random / 2)), Math.min(retryAfterMs, MAX_MS));
}
