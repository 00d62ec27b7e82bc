// SPDX-License-Identifier: Apache-2.0
import type { Collection, Versioned } from './store.ts';

/** All documents of a collection, read page by page: for collections that fit in memory. */
export async function everyDocument<T>(collection: Collection<T>): Promise<readonly Versioned<T>[]> {
  const found: Versioned<T>[] = [];
  for (let after = ''; ; ) {
    const page = await collection.list({ after });
    found.push(...page);
    const last = page.at(-1);
    if (!last) return found;
    after = last.id;
  }
}
