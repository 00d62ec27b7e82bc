// SPDX-License-Identifier: Apache-2.0
import type { Collection, UseDocument } from '../store/store.ts';

const HOUR_MS = 3_600_000;

/** Notes that these are in use now; what was noted less than an hour ago stays. @throws StoreError */
export async function noteUses(uses: Collection<UseDocument>, ids: ReadonlySet<string>, now: Date): Promise<void> {
  const lastUsedAt = now.toISOString();
  for (const id of ids) {
    const known = await uses.get(id);
    if (known === undefined) await uses.insert(id, { lastUsedAt });
    else if (now.getTime() >= Date.parse(known.value.lastUsedAt) + HOUR_MS)
      await uses.replace(id, known.version, { lastUsedAt });
  }
}
