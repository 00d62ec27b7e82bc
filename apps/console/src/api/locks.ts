// SPDX-License-Identifier: Apache-2.0
import { listAll } from './list-all.ts';
import type { Lock, LockKind } from './types.ts';

/** Something that may be locked, with its lock if there is one. */
export type Lockable<T> = T & { readonly lock?: Lock };

/** Lists what can be locked, each with the lock on it. */
export async function listLockable<T>(
  path: string,
  kind: LockKind,
  targetOf: (one: T) => string,
  signal: AbortSignal,
): Promise<readonly Lockable<T>[]> {
  const [things, locks] = await Promise.all([listAll<T>(path, signal), listAll<Lock>('/api/v1/locks', signal)]);
  return things.map((one) => {
    const lock = locks.find((known) => known.kind === kind && known.target === targetOf(one));
    return { ...one, ...(lock === undefined ? {} : { lock }) };
  });
}
