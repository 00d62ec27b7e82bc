// SPDX-License-Identifier: Apache-2.0
import type { Collection, Store, Versioned } from '../store/store.ts';

/** How long expired certificates and join tokens stay, so that a late use is answered with the right reason. */
const KEEP_MS = 7 * 86_400_000;

/** Removes certificates and join tokens that expired a week ago or more. */
export async function forgetExpired(store: Store, now: Date): Promise<void> {
  const before = now.getTime() - KEEP_MS;
  await removeWhere(store.certificates, ({ notAfter }) => Date.parse(notAfter) < before);
  await removeWhere(store.joinTokens, ({ expiresAt }) => Date.parse(expiresAt) < before);
}

async function removeWhere<T>(collection: Collection<T>, isOver: (value: T) => boolean): Promise<void> {
  let after = '';
  for (;;) {
    const page: readonly Versioned<T>[] = await collection.list({ after });
    for (const { id, version, value } of page) if (isOver(value)) await collection.remove(id, version);
    const last = page.at(-1);
    if (!last) return;
    after = last.id;
  }
}
