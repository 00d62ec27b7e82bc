// SPDX-License-Identifier: Apache-2.0
import { call } from './call.ts';
import type { Items } from './types.ts';

/** All that a route lists, page by page. @throws CallError */
export async function listAll<T>(path: string, signal: AbortSignal): Promise<readonly T[]> {
  const all: T[] = [];
  for (let after = ''; ; ) {
    const page = after === '' ? path : `${path}?after=${encodeURIComponent(after)}`;
    const { items, next } = await call<Items<T>>('GET', page, undefined, signal);
    all.push(...items);
    // A list that doesn't go on is no reason to ask for ever.
    if (next === undefined || next === after) return all;
    after = next;
  }
}
