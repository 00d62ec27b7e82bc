// SPDX-License-Identifier: Apache-2.0
import { type StatusReason, statusCodes } from '@countersign/kube';

/** The reason of a Status for a status of HTTP that came without one. */
export function reasonOf(status: number): StatusReason {
  const reasons = Object.keys(statusCodes) as StatusReason[];
  return reasons.find((reason) => statusCodes[reason] === status) ?? (status < 500 ? 'BadRequest' : 'InternalError');
}
