// SPDX-License-Identifier: Apache-2.0
import type { KubeErrorCode } from '../error.ts';

/** Why a connection is closed (RFC 6455 §7.4.1). */
export const closeCodes = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  invalidData: 1007,
  policyViolation: 1008,
  tooBig: 1009,
  internalError: 1011,
} as const;

export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];

/** Whether a code may stand in a close frame: 1004 to 1006 and 1015 only ever tell of a connection without one. */
export function isSendableCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

/** What a peer is told whose bytes were refused with this code. */
export function closeCodeOf(code: KubeErrorCode): CloseCode {
  switch (code) {
    case 'ERR_KUBE_WEBSOCKET_UTF8':
      return closeCodes.invalidData;
    case 'ERR_KUBE_WEBSOCKET_TOO_LARGE':
    case 'ERR_KUBE_SPDY_TOO_LARGE':
      return closeCodes.tooBig;
    default:
      return closeCodes.protocolError;
  }
}
