// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { OnUnreadable } from '../data/unreadable-answer.ts';
import { Fault } from '../faults.ts';
import type { RefusalCounter } from './refusal-counter.ts';
import { statusAnswer } from './status-answer.ts';

/** Nothing is known of it, and what may still come is not read. */
const UNREAD = { target: '', headers: [], hasBody: true };

/** Refuses what is no request: counted by its source, answered with a request id like everything else. */
export function refuseUnreadable(refusals: RefusalCounter): OnUnreadable {
  return (code, source) => {
    refusals.count('data', code, { source });
    return statusAnswer(randomUUID(), new Fault(code), UNREAD);
  };
}
