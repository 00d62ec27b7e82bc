// SPDX-License-Identifier: Apache-2.0
import type { MadeDecision } from '../exchange.ts';

/** Whether a decision asks for a countersignature that no grant gives. */
export function asksPeople({ decision, grant }: Pick<MadeDecision, 'decision' | 'grant'>): boolean {
  return decision.effect === 'ask' && grant === undefined;
}
