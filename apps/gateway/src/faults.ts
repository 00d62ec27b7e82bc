// SPDX-License-Identifier: Apache-2.0

/** Whose doing it is that the exchange went no further. */
export type FaultOrigin = 'caller' | 'policy' | 'upstream' | 'gateway';

/** How a refusal is recorded: judged and denied, or not judged because something could not answer. */
export type FaultVerdict = 'refused' | 'denied' | 'could not evaluate';

interface FaultRow {
  readonly origin: FaultOrigin;
  readonly verdict: FaultVerdict;
  readonly status: number;
  /** Kubernetes' StatusReason, so that kubectl and client libraries understand. */
  readonly reason: string;
  /** Seconds for Retry-After; absent where trying again changes nothing. */
  readonly retryAfterSeconds?: number;
  /** For people: what happened and what to do. `{detail}` is filled in from the fault. */
  readonly message: string;
}

/**
 * Every fault the gateway can answer, in the order of the stages that raise it. `docs/reference/errors.md` is generated
 * from this table.
 */
export const faults = {
  'target-malformed': {
    origin: 'caller',
    verdict: 'refused',
    status: 400,
    reason: 'BadRequest',
    message: 'the request could be read in more than one way, so it was not sent: {detail}',
  },
  'path-unknown': {
    origin: 'caller',
    verdict: 'refused',
    status: 404,
    reason: 'NotFound',
    message:
      'no cluster stands at this path; use https://<gateway>/clusters/<name>, as `countersign kubeconfig` writes it',
  },
  'header-refused': {
    origin: 'caller',
    verdict: 'refused',
    status: 400,
    reason: 'BadRequest',
    message: 'a header of this request is refused: {detail}',
  },
  'impersonation-refused': {
    origin: 'caller',
    verdict: 'refused',
    status: 403,
    reason: 'Forbidden',
    message:
      'impersonation headers are refused: the gateway sets the identity upstream; remove --as, --as-group and --as-uid',
  },
  'upgrade-unsupported': {
    origin: 'caller',
    verdict: 'refused',
    status: 400,
    reason: 'BadRequest',
    message:
      'exec, attach, cp and port-forward (connection upgrades) do not pass through this gateway yet; use get, logs or a Job instead',
  },
  'token-missing': {
    origin: 'caller',
    verdict: 'refused',
    status: 401,
    reason: 'Unauthorized',
    message: 'no bearer token; use a kubeconfig written by `countersign kubeconfig`',
  },
  'token-refused': {
    origin: 'caller',
    verdict: 'refused',
    status: 401,
    reason: 'Unauthorized',
    message: 'the token was refused ({detail}); get a fresh one from an issuer that this gateway knows',
  },
  'identity-unavailable': {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 5,
    message: 'could not evaluate who is calling: {detail}; the request was refused, try again',
  },
  'agent-unregistered': {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message:
      'this token is valid, but no agent is registered for its issuer and subject; ask an operator to register it under `agents`',
  },
  'agent-expired': {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: "the agent's registration has expired; ask its owner to renew it",
  },
  'agent-disabled': {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'the agent is disabled; ask its owner',
  },
  'agent-locked': {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'a lock is on this agent, its owner or this cluster; ask an operator',
  },
  'cluster-not-granted': {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'the agent is not registered for this cluster, or there is no such cluster',
  },
  'no-lane': {
    origin: 'policy',
    verdict: 'denied',
    status: 403,
    reason: 'Forbidden',
    message: 'the gateway does not pass this kind of request: {detail}',
  },
  'body-too-large': {
    origin: 'caller',
    verdict: 'refused',
    status: 413,
    reason: 'RequestEntityTooLarge',
    message: 'the request body is larger than {detail} bytes',
  },
  'body-timeout': {
    origin: 'caller',
    verdict: 'refused',
    status: 408,
    reason: 'Timeout',
    message: 'the request body did not arrive in time',
  },
  'body-unsupported': {
    origin: 'caller',
    verdict: 'refused',
    status: 415,
    reason: 'UnsupportedMediaType',
    message: 'the gateway reads JSON bodies only, to judge what it sends: {detail}',
  },
  'body-malformed': {
    origin: 'caller',
    verdict: 'refused',
    status: 400,
    reason: 'BadRequest',
    message: "the request body can't be judged: {detail}",
  },
  'answer-not-acceptable': {
    origin: 'caller',
    verdict: 'refused',
    status: 406,
    reason: 'NotAcceptable',
    message: "the gateway can't answer in the media type asked for: {detail}; accept application/json",
  },
  'masked-value-written': {
    origin: 'caller',
    verdict: 'refused',
    status: 422,
    reason: 'Invalid',
    message: 'the value at {detail} is a mask, not the real value; leave the field out or set a real value',
  },
  'policy-unavailable': {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 5,
    message: 'could not evaluate policy: {detail}; the request was refused',
  },
  'policy-denied': { origin: 'policy', verdict: 'denied', status: 403, reason: 'Forbidden', message: '{detail}' },
  'approval-required': { origin: 'policy', verdict: 'denied', status: 403, reason: 'Forbidden', message: '{detail}' },
  'cluster-unreachable': {
    origin: 'upstream',
    verdict: 'refused',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 2,
    message: 'no connector of this cluster is connected to this gateway; nothing was sent',
  },
  'upstream-unreachable': {
    origin: 'upstream',
    verdict: 'refused',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 2,
    message: 'the connector could not reach the API server; nothing was sent',
  },
  'upstream-lost': {
    origin: 'upstream',
    verdict: 'refused',
    status: 502,
    reason: 'InternalError',
    message:
      'the connection to the cluster broke before an answer came; the request may or may not have been carried out',
  },
  'upstream-redirect': {
    origin: 'upstream',
    verdict: 'refused',
    status: 502,
    reason: 'InternalError',
    message: 'the API server answered with a redirect, which is never followed nor passed',
  },
  'answer-not-maskable': {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 502,
    reason: 'InternalError',
    message: 'the answer holds values that must be masked and could not be understood ({detail}); it was withheld',
  },
  'log-failed': {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 503,
    reason: 'ServiceUnavailable',
    message: "the evidence log can't be written, so nothing may pass; an operator must restart the gateway",
  },
  'log-busy': {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 1,
    message: "the evidence log's queue is full; nothing was done, try again",
  },
  'store-unavailable': {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 5,
    message: 'the state store could not answer; the request was refused',
  },
  'shutting-down': {
    origin: 'gateway',
    verdict: 'refused',
    status: 503,
    reason: 'ServiceUnavailable',
    retryAfterSeconds: 1,
    message: 'the gateway is shutting down; try again',
  },
  internal: {
    origin: 'gateway',
    verdict: 'could not evaluate',
    status: 500,
    reason: 'InternalError',
    message: 'an unexpected error; the request was refused. Give an operator the request id',
  },
} as const satisfies Record<string, FaultRow>;

export type FaultCode = keyof typeof faults;

/** Why an exchange ends here. A value, or thrown where a call stack lies between. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  /** Goes to the caller: never a secret, a token or a body. */
  readonly detail: string;
  /** Machine-readable causes beside the code itself. */
  readonly causes: readonly FaultCause[];

  constructor(code: FaultCode, detail = '', options?: ErrorOptions & { readonly causes?: readonly FaultCause[] }) {
    super(
      faults[code].message.replace('{detail}', () => detail),
      options,
    );
    this.code = code;
    this.detail = detail;
    this.causes = options?.causes ?? [];
  }

  get row(): FaultRow {
    return faults[this.code];
  }
}

/** As `metav1.StatusCause`. */
export interface FaultCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}
