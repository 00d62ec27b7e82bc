// SPDX-License-Identifier: Apache-2.0
import type { Leaf } from '@countersign/evidence';
import { recentLeaves } from './recent-leaves.ts';

/** Which of these transitions of approvals have a record at the end of the log, which is open and whole. */
export async function transitionsOnRecord(
  logDir: string,
  transitions: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const text of recentLeaves(logDir)) {
    if (!transitions.some((one) => text.includes(one))) continue;
    const leaf = JSON.parse(text) as Leaf;
    if ('transition' in leaf && leaf.transition !== undefined) found.add(leaf.transition);
  }
  return found;
}
