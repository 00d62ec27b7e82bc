// SPDX-License-Identifier: Apache-2.0
import type { Principal } from '@countersign/policy';

/** Who a principal is to the API server: nobody else, and never anything that begins with `system:`. */
export function upstreamUser(principal: Principal): string {
  return `countersign:${principal.kind}:${principal.id}`;
}
