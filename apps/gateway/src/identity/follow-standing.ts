// SPDX-License-Identifier: Apache-2.0
import { recurring } from '../recurring.ts';
import type { AgentRegistry } from './agent-registry.ts';

/** Another gateway's locks and registrations are seen this often: what they end, ends within a second. */
const ASK_MS = 250;
/** So long the store may be silent before nobody is let in any more, and what runs ends. */
const FRESH_MS = 5_000;

export interface FollowStandingParts {
  readonly registry: Pick<AgentRegistry, 'catchUp' | 'forget'>;
  /** Milliseconds that never go back. */
  readonly nowMs: () => number;
  readonly onProblem: (error: unknown) => void;
}

/** Keeps a registry as it is at all gateways of the store: nothing goes on by what it said long ago. */
export function followStanding({ registry, nowMs, onProblem }: FollowStandingParts): Disposable {
  let readMs = nowMs();
  const ask = async () => {
    const askedMs = nowMs();
    await registry.catchUp();
    readMs = askedMs;
  };
  const doubt = async () => {
    if (nowMs() - readMs >= FRESH_MS) registry.forget();
  };
  const timers = new DisposableStack();
  timers.use(recurring(ASK_MS, ask, onProblem));
  timers.use(recurring(ASK_MS, doubt, onProblem));
  return timers;
}
