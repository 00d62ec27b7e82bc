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
      'connection upgrades pass for exec, attach and port-forward alone; lists, watches and logs come over plain HTTP',
  },
  ERR_UPGRADE_REFUSED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 400,
    reason: 'BadRequest',
    message: 'the connection can not be switched for this request: {detail}',
  },
  ERR_OBJECT_ABSENT: {
    origin: 'upstream',
    verdict: 'not served',
    status: 404,
    reason: 'NotFound',
    message: 'there is no such object, and a rule looks at it, so nothing is asked of it; try again once it is there',
  },
  ERR_SESSION_NOT_MASKABLE: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message:
      'an archive, as of kubectl cp, can not be masked, so it needs a permit with @reveal, and none that matches has it; print what is needed with cat, or use get or logs',
  },
  ERR_FORWARD_NOT_MASKABLE: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message:
      'what flows through a port-forward can not be masked, so it needs a permit with @reveal, and none that matches has it',
  },
  ERR_PORT_NOT_TAKEN: {
    origin: 'upstream',
    verdict: 'not served',
    status: 502,
    reason: 'InternalError',
    message: 'the cluster took no connection to port {detail}',
  },
  ERR_LIMIT_PORTS: {
    origin: 'policy',
    verdict: 'denied',
    status: 429,
    reason: 'TooManyRequests',
    message: 'a port-forward may ask for {detail} different ports; begin another one',
  },
  ERR_LIMIT_CONNECTIONS: {
    origin: 'policy',
    verdict: 'denied',
    status: 429,
    reason: 'TooManyRequests',
    message: 'the port-forward has {detail} connections at once, its limit; close some, or begin another one',
  },
  ERR_STREAM_MALFORMED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 400,
    reason: 'BadRequest',
    message: 'the stream was ended, because what its caller sent can not be read: {detail}',
  },
} as const satisfies Record<string, FaultRow>;
