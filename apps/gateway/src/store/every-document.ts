// SPDX-License-Identifier: Apache-2.0
import type { Collection, Versioned } from './store.ts';

/** All documents of a collection, or of a range of ids, read page by page: for what fits in memory. */
export async function everyDocument<T>(
  collection: Collection<T>,
  range: { readonly after?: string; readonly before?: string; readonly limit?: number } = {},
): Promise<readonly Versioned<T>[]> {
  const found: Versioned<T>[] = [];
  for (let after = range.after ?? ''; ; ) {
    const page = await collection.list({ ...range, after });
    found.push(...page);
    const last = page.at(-1);
    if (!last) return found;
    after = last.id;
  }
}
