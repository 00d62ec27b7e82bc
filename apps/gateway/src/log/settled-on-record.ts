// SPDX-License-Identifier: Apache-2.0
import type { Leaf } from '@countersign/evidence';
import { isSettling } from '../records/is-settling.ts';
import { recentLeaves } from './recent-leaves.ts';

/** Of which of these exchanges the end of the log, which is open and whole, knows what became. */
export async function settledOnRecord(logDir: string, exchanges: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const text of recentLeaves(logDir)) {
    if (!exchanges.some((one) => text.includes(one))) continue;
    const leaf = JSON.parse(text) as Leaf;
    if (isSettling(leaf)) found.add(leaf.exchange);
  }
  return found;
}
