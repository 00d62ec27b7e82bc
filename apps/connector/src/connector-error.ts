// SPDX-License-Identifier: Apache-2.0
import type { TunnelProblem, TunnelRefusalCode } from '@countersign/wire';

export type ConnectorErrorCode =
  | 'ERR_CONNECTOR_OPTIONS'
  | 'ERR_CONNECTOR_TOKEN'
  | 'ERR_CONNECTOR_NOT_ENROLLED'
  | 'ERR_CONNECTOR_STATE'
  | 'ERR_CONNECTOR_GATEWAY_UNREACHABLE'
  | 'ERR_CONNECTOR_GATEWAY_UNTRUSTED'
  | 'ERR_CONNECTOR_GATEWAY_PROTOCOL'
  | 'ERR_CONNECTOR_REFUSED'
  | 'ERR_CONNECTOR_KUBECONFIG';

/** Why the connector could not start or go on. Messages are for the operator and never hold a token or a key. */
export class ConnectorError extends Error {
  readonly code: ConnectorErrorCode;
  /** What the gateway said, with `ERR_CONNECTOR_REFUSED`. */
  readonly refusal: TunnelRefusalCode | undefined;

  constructor(code: ConnectorErrorCode, message: string, options?: ErrorOptions & { refusal?: TunnelRefusalCode }) {
    super(message, options);
    this.name = 'ConnectorError';
    this.code = code;
    this.refusal = options?.refusal;
  }
}

/** Why the API server gave no answer to one request: what the tunnel is told instead of it. */
export class UpstreamError extends Error {
  readonly problem: TunnelProblem;
  /** False only when the API server certainly did not get the request. */
  readonly sent: boolean;

  constructor(problem: TunnelProblem, sent: boolean, options?: ErrorOptions) {
    super(problem, options);
    this.name = 'UpstreamError';
    this.problem = problem;
    this.sent = sent;
  }
}
