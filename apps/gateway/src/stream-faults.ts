// SPDX-License-Identifier: Apache-2.0
import type { FaultRow } from './fault-row.ts';

/** Faults of upgrades, and of what flows after them. */
export const streamFaults = {
  ERR_UPGRADE_UNSUPPORTED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 400,
    reason: 'BadRequest',
    message:
      'connection upgrades pass for exec and attach alone: port-forward does not pass through this gateway yet, and lists, watches and logs come over plain HTTP',
  },
  ERR_UPGRADE_REFUSED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 400,
    reason: 'BadRequest',
    message: 'the connection can not be switched for this request: {detail}',
  },
  ERR_SESSION_NOT_MASKABLE: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message:
      'an archive, as of kubectl cp, can not be masked, so it needs a permit with @reveal, and none that matches has it; print what is needed with cat, or use get or logs',
  },
  ERR_STREAM_MALFORMED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 400,
    reason: 'BadRequest',
    message: 'the stream was ended, because what its caller sent can not be read: {detail}',
  },
} as const satisfies Record<string, FaultRow>;
