// SPDX-License-Identifier: Apache-2.0
import type { FaultRow } from '../fault-row.ts';

/** Why there is no request that could be judged: a part of the table of faults. */
export const headFaults = {
  ERR_HEAD_MALFORMED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 400,
    reason: 'BadRequest',
    message: 'this is no well-formed HTTP/1.1 request',
  },
  ERR_HEAD_TOO_LARGE: {
    origin: 'caller',
    verdict: 'invalid',
    status: 431,
    reason: 'BadRequest',
    message: 'request line and headers are larger than this gateway takes',
  },
  ERR_HEAD_TIMEOUT: {
    origin: 'caller',
    verdict: 'invalid',
    status: 408,
    reason: 'Timeout',
    message: 'the request head did not arrive in time',
  },
} as const satisfies Record<string, FaultRow>;

export type HeadFault = keyof typeof headFaults;
