// SPDX-License-Identifier: Apache-2.0
import type { Decision } from '@countersign/policy';

/** Whether a permit with `@reveal` decided: then values come in the clear, of what is asked once it is countersigned. */
export function isRevealed(decision: Decision): boolean {
  return (decision.effect === 'allow' || decision.effect === 'ask') && decision.reveal;
}
