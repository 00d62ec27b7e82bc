// SPDX-License-Identifier: Apache-2.0
import type { FaultRow } from '../fault-row.ts';

/** What is answered where a countersignature is needed: a part of the table of faults. */
export const approvalFaults = {
  ERR_APPROVAL_REQUIRED: { origin: 'policy', verdict: 'denied', status: 403, reason: 'Forbidden', message: '{detail}' },
  ERR_APPROVAL_PENDING: {
    origin: 'policy',
    verdict: 'denied',
    status: 429,
    reason: 'TooManyRequests',
    retryAfterSeconds: 10,
    message: '{detail}',
  },
  ERR_APPROVAL_DENIED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'a countersignature was refused: {detail}; nothing was done, and asking again asks the same people again',
  },
  ERR_APPROVAL_ENDED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: '{detail}; nothing was done; send the request again to ask anew',
  },
  ERR_APPROVAL_CHANGED: {
    origin: 'policy',
    verdict: 'denied',
    status: 409,
    reason: 'Conflict',
    message: '{detail}; nothing was done; send the request again to ask for what it would do now',
  },
  ERR_APPROVAL_USED: {
    origin: 'policy',
    verdict: 'denied',
    status: 409,
    reason: 'Conflict',
    message:
      'another request has used this countersignature, which is good for one; look at the object before you ask again',
  },
  ERR_APPROVAL_UNSOUND: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 403,
    reason: 'Forbidden',
    message:
      'what is stored of the countersignature does not hold: {detail}; nothing was done; tell who runs the gateway, as somebody may have changed its store',
  },
  ERR_OUTCOME_UNKNOWN: {
    origin: 'policy',
    verdict: 'denied',
    status: 409,
    reason: 'Conflict',
    message:
      'this request was let through once, and it is unknown whether it was carried out; look at the object before you send it again ({detail})',
  },
  ERR_APPROVAL_TOO_MANY: {
    origin: 'policy',
    verdict: 'denied',
    status: 429,
    reason: 'TooManyRequests',
    retryAfterSeconds: 30,
    isCounted: true,
    message: '{detail}; nothing was done',
  },
} as const satisfies Record<string, FaultRow>;
