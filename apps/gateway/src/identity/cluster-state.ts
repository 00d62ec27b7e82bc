// SPDX-License-Identifier: Apache-2.0
import type { ClusterDocument } from '../store/store.ts';

/** Whether a registered cluster may be called, and have connectors: it is not disabled, and its time is not over. */
export function isClusterIn(
  { state, expiresAt }: Pick<ClusterDocument, 'state' | 'expiresAt'>,
  nowMs: number,
): boolean {
  return state !== 'disabled' && (expiresAt === undefined || nowMs < Date.parse(expiresAt));
}
