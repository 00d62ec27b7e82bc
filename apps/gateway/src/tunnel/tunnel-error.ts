// SPDX-License-Identifier: Apache-2.0
import { TUNNEL_PROBLEMS, type TunnelProblem, type TunnelRefusalCode } from '@countersign/wire';

export type TunnelErrorCode =
  | 'ERR_TUNNEL_NONE'
  | 'ERR_TUNNEL_FULL'
  | 'ERR_TUNNEL_LOST'
  | 'ERR_TUNNEL_UPSTREAM'
  | 'ERR_TUNNEL_REQUEST'
  | 'ERR_TUNNEL_CANCELLED';

/** Why a request did not get its answer through a tunnel. Messages name no target, header or body. */
export class TunnelError extends Error {
  readonly code: TunnelErrorCode;
  /** False only when the API server certainly did not get the request: a write may then be tried again. */
  readonly sent: boolean;
  /** What the connector said, with `ERR_TUNNEL_UPSTREAM`. */
  readonly problem: TunnelProblem | undefined;

  constructor(
    code: TunnelErrorCode,
    message: string,
    options: ErrorOptions & { sent: boolean; problem?: TunnelProblem },
  ) {
    super(message, options);
    this.name = 'TunnelError';
    this.code = code;
    this.sent = options.sent;
    this.problem = options.problem;
  }
}

/** The error for what a connector said instead of an answer. */
export function upstreamError(problem: TunnelProblem, sent: boolean): TunnelError {
  return new TunnelError('ERR_TUNNEL_UPSTREAM', TUNNEL_PROBLEMS[problem], { sent, problem });
}

/** A no of the tunnel listener to a connector: becomes the status and body of its answer. */
export class TunnelRefusedError extends Error {
  readonly code: TunnelRefusalCode;
  /** Whether it is because of its cluster, whose exchanges end by that as well: not where it is of the connector alone. */
  readonly isOfCluster: boolean;

  constructor(code: TunnelRefusalCode, message: string, options?: ErrorOptions & { readonly isOfCluster?: boolean }) {
    super(message, options);
    this.name = 'TunnelRefusedError';
    this.code = code;
    this.isOfCluster = options?.isOfCluster ?? false;
  }
}
