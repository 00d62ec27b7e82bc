// SPDX-License-Identifier: Apache-2.0
import type { Decision } from '@countersign/policy';

/** Whether a permit with `@reveal` decided: then values come in the clear. */
export function isRevealed(decision: Decision): boolean {
  return decision.effect === 'allow' && decision.reveal;
}
