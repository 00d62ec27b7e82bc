// SPDX-License-Identifier: Apache-2.0
import { Fault } from '../faults.ts';
import type { Doubt } from './open-writes.ts';

/** What a request is told while nobody knows what became of the same one before; `approval` is the one that it had itself. */
export function doubtFault(doubt: Doubt | undefined, approval = doubt?.approval): Fault {
  const detail = doubt
    ? `as ${doubt.exchange}, countersigned by approval ${doubt.approval}; from ${doubt.until.toISOString()} on it asks anew`
    : 'at this moment';
  return new Fault('ERR_OUTCOME_UNKNOWN', detail, approval === undefined ? {} : { approval });
}
