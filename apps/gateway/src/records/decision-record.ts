// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { Exchange, MadeDecision } from '../exchange.ts';
import { decisionOf, exchangeFacts, sealedInput } from './exchange-facts.ts';

/** An exchange that is under way was decided again, because other policies are in force. */
export function redecisionRecord(exchange: Exchange, made: MadeDecision): Extract<LogRecord, { type: 'decision' }> {
  return {
    type: 'decision',
    ...exchangeFacts(exchange),
    decision: { ...decisionOf(made), occasion: 'policy-epoch' },
    sealed: { input: sealedInput(made) },
  };
}
