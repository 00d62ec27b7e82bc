// SPDX-License-Identifier: Apache-2.0
import type { StatusCause } from '@countersign/kube';
import { approvalFaults } from './approvals/approval-faults.ts';
import { headFaults } from './data/head-faults.ts';
import { effectFaults } from './effects/effect-faults.ts';
import type { Fate } from './fate.ts';
import type { FaultRow } from './fault-row.ts';
import { identityFaults } from './identity/identity-faults.ts';
import { limitFaults } from './limits/limit-faults.ts';
import { streamFaults } from './stream-faults.ts';

/**
 * Every fault the gateway can answer, in the order of the stages that raise it. `docs/reference/errors.md` is generated
 * from this table.
 */
export const faults = {
  ...headFaults,
  ERR_PROTOCOL_UNSUPPORTED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 505,
    reason: 'BadRequest',
    message: 'only HTTP/1.1 and HTTP/2 are spoken here: an older caller could not tell an answer that was cut',
  },
  ERR_TARGET_MALFORMED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 400,
    reason: 'BadRequest',
    message: 'the request could be read in more than one way, so it was not sent: {detail}',
  },
  ERR_PATH_UNKNOWN: {
    origin: 'caller',
    verdict: 'invalid',
    status: 404,
    reason: 'NotFound',
    message:
      'no cluster stands at this path; use https://<gateway>/clusters/<name>, as `countersign kubeconfig` writes it; `kubectl proxy` keeps it with --append-server-path alone; with --raw, kubectl before 1.34 takes the path as it is: begin it with /clusters/<name>',
  },
  ERR_HEADER_REFUSED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 400,
    reason: 'BadRequest',
    message: 'a header of this request is refused: {detail}',
  },
  ERR_IMPERSONATION_REFUSED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 403,
    reason: 'Forbidden',
    message:
      'impersonation headers are refused: the gateway sets the identity upstream; remove --as, --as-group and --as-uid',
  },
  ...streamFaults,
  ERR_METHOD_REFUSED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 405,
    reason: 'MethodNotAllowed',
    message: 'the method is not taken here: {detail}',
  },
  ERR_TOKEN_MISSING: {
    origin: 'caller',
    verdict: 'invalid',
    status: 401,
    reason: 'Unauthorized',
    message: 'no bearer token; use a kubeconfig written by `countersign kubeconfig`',
  },
  ERR_TOKEN_REFUSED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 401,
    reason: 'Unauthorized',
    message: 'the token was refused ({detail}); get a fresh one from an issuer that this gateway knows',
  },
  ERR_TOKEN_EXPIRED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 401,
    reason: 'Unauthorized',
    message: 'the token expired while its exchange was under way; ask again with a fresh one',
  },
  ERR_IDENTITY_UNAVAILABLE: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 5,
    message: 'could not evaluate who is calling: {detail}; the request was refused, try again',
  },
  ...identityFaults,
  ...limitFaults,
  ERR_NO_LANE: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'the gateway does not pass this kind of request: {detail}',
  },
  ERR_BODY_TOO_LARGE: {
    origin: 'caller',
    verdict: 'invalid',
    status: 413,
    reason: 'RequestEntityTooLarge',
    message: 'the request body is larger than {detail} bytes',
  },
  ERR_BODY_TIMEOUT: {
    origin: 'caller',
    verdict: 'invalid',
    status: 408,
    reason: 'Timeout',
    message: 'the request body did not arrive in time',
  },
  ERR_BODY_UNSUPPORTED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 415,
    reason: 'UnsupportedMediaType',
    message: '{detail}',
  },
  ERR_BODY_MALFORMED: {
    origin: 'caller',
    verdict: 'invalid',
    status: 400,
    reason: 'BadRequest',
    message: "the request body can't be judged: {detail}",
  },
  ERR_ANSWER_NOT_ACCEPTABLE: {
    origin: 'caller',
    verdict: 'invalid',
    status: 406,
    reason: 'NotAcceptable',
    message: "the gateway can't answer in the media type asked for: {detail}; accept application/json",
  },
  ERR_MASKED_VALUE_WRITTEN: {
    origin: 'caller',
    verdict: 'invalid',
    status: 422,
    reason: 'Invalid',
    message: 'the value at {detail} is a mask, not the real value; leave the field out or set a real value',
  },
  ERR_MASKED_VALUE_READ: {
    origin: 'caller',
    verdict: 'invalid',
    status: 422,
    reason: 'Invalid',
    message:
      'operation {detail} of this JSON patch would copy, move or compare a value that is masked; use add, replace and remove, or a merge patch',
  },
  ERR_MASKED_VALUE_SELECTED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'the value of {detail} is masked for you, so nothing can be selected by it; select by another field',
  },
  ERR_POLICY_UNAVAILABLE: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 5,
    message: 'could not evaluate policy: {detail}; the request was refused',
  },
  ERR_POLICY_DENIED: { origin: 'policy', verdict: 'denied', status: 403, reason: 'Forbidden', message: '{detail}' },
  ...approvalFaults,
  ...effectFaults,
  ERR_GRANT_ENDED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'the grant by which this was let on has ended; ask for another: countersign grants request',
  },
  ERR_ENDED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'the exchange was ended: {detail}',
  },
  ERR_CLUSTER_UNREACHABLE: {
    origin: 'upstream',
    verdict: 'not served',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 2,
    message: 'no connector of this cluster is connected to this gateway; nothing was sent',
  },
  ERR_CLUSTER_FULL: {
    origin: 'upstream',
    verdict: 'not served',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 2,
    message:
      'the connectors of this cluster carry as many requests as they can; nothing was sent. Try again, or end watches, logs and sessions that nobody needs',
  },
  ERR_UPSTREAM_UNREACHABLE: {
    origin: 'upstream',
    verdict: 'not served',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 2,
    message: 'the connector could not reach the API server; nothing was sent',
  },
  ERR_UPSTREAM_CREDENTIAL: {
    origin: 'upstream',
    verdict: 'not served',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 2,
    message:
      "the API server does not accept the connector's credential; nothing was carried out; an operator must look at the connector",
  },
  ERR_UPSTREAM_LOST: {
    origin: 'upstream',
    verdict: 'not served',
    status: 502,
    reason: 'InternalError',
    message:
      'the connection to the cluster broke before an answer came; the request may or may not have been carried out',
  },
  ERR_UPSTREAM_TIMEOUT: {
    origin: 'upstream',
    verdict: 'not served',
    status: 504,
    reason: 'Timeout',
    message: 'the API server did not begin to answer in time; the request may or may not have been carried out',
  },
  ERR_UPSTREAM_REDIRECT: {
    origin: 'upstream',
    verdict: 'not served',
    status: 502,
    reason: 'InternalError',
    message: 'the API server answered with a redirect, which is neither followed nor passed',
  },
  ERR_RELEASE_MASKED: {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message:
      'helm keeps its releases in Secrets or ConfigMaps, whose values are masked for you; to use helm you need a permit with @reveal on those of its releases',
  },
  ERR_ANSWER_NOT_MASKABLE: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 502,
    reason: 'InternalError',
    message: 'the answer holds values that must be masked and could not be understood ({detail}); it was withheld',
  },
  ERR_ANSWER_MALFORMED: {
    origin: 'upstream',
    verdict: 'not served',
    status: 502,
    reason: 'InternalError',
    message: 'the API server answered with something that is not what was asked for: {detail}; it was withheld',
  },
  ERR_OUTCOME_WITHHELD: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 500,
    reason: 'InternalError',
    message:
      "the API server has answered this write, but the evidence log can't be written, so the answer was withheld; look at the object before you try again",
  },
  ERR_CALLER_STALLED: {
    origin: 'caller',
    verdict: 'not served',
    status: 499,
    reason: 'Timeout',
    message: 'the caller left its answer unread, so it was broken off',
  },
  ERR_CALLER_GONE: {
    origin: 'caller',
    verdict: 'not served',
    status: 499,
    reason: 'Timeout',
    message: 'the caller went away before its answer was complete',
  },
  ERR_LOG_FAILED: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 503,
    reason: 'ServiceUnavailable',
    message: "the evidence log can't be written, so nothing may pass; an operator must restart the gateway",
  },
  ERR_LOG_BUSY: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 1,
    message: "the evidence log's queue is full; nothing was done, try again",
  },
  ERR_RECORDING_FAILED: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 5,
    message: "what flows here can't be recorded, so it may not flow; try again, or ask an operator to look at the disk",
  },
  ERR_STORE_UNAVAILABLE: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 5,
    message: 'the state store could not answer; the request was refused',
  },
  ERR_SHUTTING_DOWN: {
    origin: 'gateway',
    verdict: 'not served',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 1,
    message: 'the gateway is shutting down; try again',
  },
  ERR_INTERNAL: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 500,
    reason: 'InternalError',
    message: 'an unexpected error; the request was refused. Give an operator the request id',
  },
} as const satisfies Record<string, FaultRow>;

export type FaultCode = keyof typeof faults;

interface FaultOptions extends ErrorOptions {
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
  /** What upstream said, where that is passed on; without it, the row's. */
  readonly as?: Pick<FaultRow, 'status' | 'reason'>;
  readonly approval?: string;
  /** What became of the request upstream, where it is known better than by what ended it. */
  readonly fate?: Fate;
}

/** Why an exchange ends here. A value, or thrown where a call stack lies between. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  /** Goes to the caller: never a secret, a token or a body. */
  readonly detail: string;
  /** Machine-readable causes beside the code itself. */
  readonly causes: readonly StatusCause[];
  /** Seconds for Retry-After: the row's, unless it is known better. */
  readonly retryAfterSeconds: number | undefined;
  readonly row: FaultRow;
  /** Id of the approval that it is about. */
  readonly approval: string | undefined;
  readonly fate: Fate | undefined;

  constructor(code: FaultCode, detail = '', options?: FaultOptions) {
    super(
      faults[code].message.replace('{detail}', () => detail),
      options,
    );
    this.code = code;
    this.detail = detail;
    this.causes = options?.causes ?? [];
    this.row = { ...faults[code], ...options?.as };
    this.retryAfterSeconds = options?.retryAfterSeconds ?? this.row.retryAfterSeconds;
    this.approval = options?.approval;
    this.fate = options?.fate;
  }
}
