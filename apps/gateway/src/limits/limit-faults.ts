// SPDX-License-Identifier: Apache-2.0
import type { FaultRow } from '../fault-row.ts';

/** What is answered beyond a limit: a part of the table of faults. */
export const limitFaults = {
  ERR_LIMIT_REQUESTS: {
    origin: 'policy',
    verdict: 'denied',
    status: 429,
    reason: 'TooManyRequests',
    retryAfterSeconds: 1,
    isCounted: true,
    message: 'the agent is over its limit of {detail} requests a second; wait and try again',
  },
  ERR_LIMIT_STREAMS: {
    origin: 'policy',
    verdict: 'denied',
    status: 429,
    reason: 'TooManyRequests',
    retryAfterSeconds: 5,
    isCounted: true,
    message: 'the agent has {detail} requests, watches and followed logs under way, its limit; end some and try again',
  },
  ERR_LIMIT_BYTES: {
    origin: 'policy',
    verdict: 'denied',
    status: 429,
    reason: 'TooManyRequests',
    retryAfterSeconds: 1,
    isCounted: true,
    message: 'the agent is over its limit of {detail} bytes a minute; wait, and ask for less at once',
  },
  ERR_LIMIT_REVIEWS: {
    origin: 'policy',
    verdict: 'denied',
    status: 429,
    reason: 'TooManyRequests',
    retryAfterSeconds: 1,
    isCounted: true,
    message: 'the agent asks already what it may do; wait for that answer and try again',
  },
  ERR_LIMIT_BODIES: {
    origin: 'policy',
    verdict: 'denied',
    status: 429,
    reason: 'TooManyRequests',
    retryAfterSeconds: 1,
    isCounted: true,
    message: 'the agent has too many or too large requests with a body under way at once; wait and try again',
  },
  ERR_LIMIT_OBJECTS: {
    origin: 'gateway',
    verdict: 'not served',
    status: 429,
    reason: 'TooManyRequests',
    retryAfterSeconds: 1,
    message:
      'the answer has a large object, and too many of those are being masked for the agent at once; wait and try again',
  },
  ERR_LIMIT_SOURCE: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 429,
    reason: 'TooManyRequests',
    retryAfterSeconds: 1,
    isCounted: true,
    message: 'too many requests of callers who are not known yet come from this address at once; wait and try again',
  },
  ERR_BODIES_FULL: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 429,
    reason: 'TooManyRequests',
    retryAfterSeconds: 1,
    isCounted: true,
    message: 'the gateway has no room for another request body now; nothing was sent, try again',
  },
} as const satisfies Record<string, FaultRow>;
