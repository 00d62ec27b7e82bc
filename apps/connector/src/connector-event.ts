// SPDX-License-Identifier: Apache-2.0
import type { TunnelProblem } from '@countersign/wire';
import type { ConnectorErrorCode } from './connector-error.ts';

/** What a connector tells its operator. Messages hold no secrets. */
export type ConnectorEvent =
  | {
      readonly event: 'enrolled' | 'renewed';
      readonly connector: string;
      readonly cluster: string;
      readonly notAfter: string;
    }
  | { readonly event: 'connected'; readonly gateway: string; readonly gatewayId: string }
  | { readonly event: 'disconnected'; readonly gateway: string; readonly reason: 'drained' | 'silent' | 'cut' }
  | {
      readonly event: 'connect-failed' | 'renew-failed';
      readonly gateway: string;
      readonly code: ConnectorErrorCode | 'unexpected';
      readonly message: string;
    }
  | {
      /** A request got no answer from the API server; of many alike in ten seconds, the first. */
      readonly event: 'upstream-failed';
      readonly problem: TunnelProblem | 'unexpected';
      /** The code of what went wrong underneath, such as `ECONNREFUSED`. */
      readonly cause: string;
    };
