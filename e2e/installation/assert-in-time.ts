// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';

const WITHIN_MS = 1_000;
/** What the client's process takes besides to say so, on a machine that does much else. */
const CLIENT_MS = 2_000;

/** What ended something, and when its end was there; ms since the epoch. */
export interface Ended {
  /** When what ended it was on record. */
  readonly since: number;
  /** It did not end before this: where that is earlier than `since`, as a session is ended on record behind its streams. */
  readonly notBefore?: number;
  /** When its end was on record. */
  readonly at: number;
  /** When its client knew. */
  readonly told?: number | undefined;
}

/** Asserts that it ended within a second of what ended it, and not before; by the gateway's clock, and by the client's. */
export function assertInTime({ since, notBefore = since, at, told }: Ended): void {
  assert.ok(at >= notBefore, `it ended ${notBefore - at} ms too early`);
  assert.ok(at - since < WITHIN_MS, `it ended ${at - since} ms after what ended it`);
  if (told === undefined) return;
  assert.ok(told >= notBefore, `its client knew ${notBefore - told} ms too early`);
  assert.ok(told - since < WITHIN_MS + CLIENT_MS, `its client knew ${told - since} ms after what ended it`);
}
