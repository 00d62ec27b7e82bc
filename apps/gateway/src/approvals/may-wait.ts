// SPDX-License-Identifier: Apache-2.0
import type { KubeRequest, Lane } from '@countersign/kube';

/**
 * Whether a request of this kind is held for a countersignature: writes and sessions are. Who renews a lease can't wait for people,
 * nor does anybody sign each read.
 */
export function mayWait(lane: Lane, request: KubeRequest): boolean {
  const isLease =
    request.kind === 'resource' && request.group === 'coordination.k8s.io' && request.resource === 'leases';
  return lane === 'exec' || lane === 'portforward' || (lane === 'write' && !isLease);
}
