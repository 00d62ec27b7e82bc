// SPDX-License-Identifier: Apache-2.0
import type { Admitted } from '../exchange.ts';
import type { Allowance } from '../limits/agent-limits.ts';
import type { Asker } from './fair-thread.ts';

/** So much of another thread's time is a request more of an agent's limit: with all of them it has half of that time. */
const REQUEST_MS = 5;

/** Counts time of another thread against an agent's limit. */
export function spendMsOf(allowance: Pick<Allowance, 'spendRequests'>): Asker['spendMs'] {
  return (ms) => allowance.spendRequests(ms / REQUEST_MS);
}

/** The exchange as one that asks another thread. */
export function askerOf({ principal, abort, allowance }: Admitted): Asker {
  return { agent: principal.id, signal: abort.signal, spendMs: spendMsOf(allowance) };
}
