// SPDX-License-Identifier: Apache-2.0
import type { Decided } from './exchange.ts';

/** Whether a permit with `@reveal` decided: then values come in the clear. */
export function isRevealed({ made: { decision } }: Pick<Decided, 'made'>): boolean {
  return decision.effect === 'allow' && decision.reveal;
}
