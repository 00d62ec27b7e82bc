// SPDX-License-Identifier: Apache-2.0

/** Wall time in microseconds since 1970. */
export type Clock = () => number;

const DRIFT_MS = 2;

/** The system's wall time, refined to microseconds by the monotonic clock. Follows the system when it is set. */
export function systemClock(): Clock {
  let wall = Date.now();
  let monotonic = performance.now();
  return () => {
    const wallNow = Date.now();
    const refined = wall + (performance.now() - monotonic);
    if (Math.abs(refined - wallNow) <= DRIFT_MS) return Math.floor(refined * 1_000);
    wall = wallNow;
    monotonic = performance.now();
    return wallNow * 1_000;
  };
}

/** `2026-11-24T03:34:00.123456Z`. */
export function formatMicros(micros: number): string {
  const milliseconds = Math.floor(micros / 1_000);
  const rest = (micros - milliseconds * 1_000).toString().padStart(3, '0');
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`;
}

/** What `formatMicros` wrote. */
export function parseMicros(time: string): number {
  return Date.parse(`${time.slice(0, 23)}Z`) * 1_000 + Number(time.slice(23, 26));
}
