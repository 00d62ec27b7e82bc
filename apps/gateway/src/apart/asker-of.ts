// SPDX-License-Identifier: Apache-2.0
import type { Admitted } from '../exchange.ts';
import type { Asker } from './fair-thread.ts';

/** So much of another thread's time is a request more of an agent's limit: with all of them it has half of that time. */
const REQUEST_MS = 5;

/** The exchange as one that asks another thread. */
export function askerOf({ principal, abort, allowance }: Admitted): Asker {
  const spendMs = (ms: number) => allowance.spendRequests(ms / REQUEST_MS);
  return { agent: principal.id, signal: abort.signal, spendMs };
}
