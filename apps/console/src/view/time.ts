// SPDX-License-Identifier: Apache-2.0

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** From here on the last minutes are counted loudly. */
const SOON_MS = 2 * MINUTE;

/** How long there is still time, as people read it, and how near the end is. */
export interface TimeLeft {
  readonly text: string;
  readonly urgency: 'calm' | 'soon' | 'over';
}

const two = (count: number): string => String(count).padStart(2, '0');

/** Counts down to `until`, an ISO time. A time that can't be read is over: nobody may rely on it. */
export function timeLeft(until: string, nowMs: number): TimeLeft {
  const left = Date.parse(until) - nowMs;
  if (!(left > 0)) return { text: '0:00', urgency: 'over' };
  const urgency = left <= SOON_MS ? 'soon' : 'calm';
  // Rounded up, so that 0:00 is shown when it is over and not before.
  const seconds = Math.ceil(left / SECOND);
  if (left >= DAY) return { text: `${Math.floor(left / DAY)} d ${Math.floor((left % DAY) / HOUR)} h`, urgency };
  if (left >= HOUR)
    return { text: `${Math.floor(seconds / 3_600)} h ${two(Math.floor(seconds / 60) % 60)} min`, urgency };
  return { text: `${Math.floor(seconds / 60)}:${two(seconds % 60)}`, urgency };
}

/** How long ago a time was, roughly. */
export function timeSince(at: string, nowMs: number): string {
  const past = nowMs - Date.parse(at);
  if (Number.isNaN(past)) return 'unknown';
  if (past < 10 * SECOND) return 'just now';
  if (past < MINUTE) return `${Math.floor(past / SECOND)} s ago`;
  if (past < HOUR) return `${Math.floor(past / MINUTE)} min ago`;
  if (past < DAY) return `${Math.floor(past / HOUR)} h ago`;
  return `${Math.floor(past / DAY)} d ago`;
}

/** A time to the second, in UTC, as the log has it: `2026-11-29 16:15:04Z`. */
export function clockTime(at: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(at) ? `${at.slice(0, 19).replace('T', ' ')}Z` : 'unknown';
}
