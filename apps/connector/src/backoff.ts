// SPDX-License-Identifier: Apache-2.0

const BASE_MS = 250;
const CAP_MS = 5_000;

/**
 * How long to wait before attempt `attempt` (from 0): anything up to a bound that doubles from 250 ms to 5 s, so that
 * connectors that lost a gateway together don't come back together, and a gateway that is back after a long time has
 * its clusters within seconds. `random` gives a number in [0, 1).
 */
export function fullJitter(attempt: number, random: () => number): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 16));
}
