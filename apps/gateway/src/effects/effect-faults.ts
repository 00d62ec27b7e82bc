// SPDX-License-Identifier: Apache-2.0
import type { FaultRow } from '../fault-row.ts';

/** Faults of finding out what a write would do, and of doing what was approved. */
export const effectFaults = {
  ERR_EFFECT_UNKNOWN: {
    origin: 'policy',
    verdict: 'could not evaluate',
    status: 403,
    reason: 'Forbidden',
    message: "a human has to countersign this, and what it would do can't be shown to one: {detail}; nothing was done",
  },
  ERR_EFFECT_REFUSED: {
    origin: 'upstream',
    verdict: 'not served',
    status: 422,
    reason: 'Invalid',
    message: '{detail} (the API server said so to a dry run; nothing was done)',
  },
  ERR_MASKED_VALUE_UNCOVERED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 422,
    reason: 'Invalid',
    message:
      'this changes a name, or an argument, beside a value that is masked for you, or takes one that another text quotes, and leaves the value: {detail}; nothing was done; set the value along with it',
  },
  ERR_EFFECT_CHANGED: {
    origin: 'policy',
    verdict: 'denied',
    status: 409,
    reason: 'Conflict',
    message:
      'it would do something else now than what was approved: {detail}; nothing was done; look at the object and ask again',
  },
  ERR_COLLECTION_STOPPED: {
    origin: 'upstream',
    verdict: 'not served',
    status: 409,
    reason: 'Conflict',
    message: 'the deletes that this was approved as were stopped on their way: {detail}',
  },
} as const satisfies Record<string, FaultRow>;
