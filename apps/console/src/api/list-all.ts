// SPDX-License-Identifier: Apache-2.0
import { call } from './call.ts';
import type { Items } from './types.ts';

export interface Listed<T> {
  readonly items: readonly T[];
  /** Whether that is all there is. */
  readonly isAll: boolean;
}

/** What a route lists on so many pages. @throws CallError */
export async function listPages<T>(path: string, most: number, signal: AbortSignal): Promise<Listed<T>> {
  const all: T[] = [];
  const further = `${path}${path.includes('?') ? '&' : '?'}after=`;
  for (let [page, after] = [1, '']; ; page += 1) {
    const target = after === '' ? path : `${further}${encodeURIComponent(after)}`;
    const { items, next } = await call<Items<T>>('GET', target, undefined, signal);
    all.push(...items);
    // A list that doesn't go on is no reason to ask for ever.
    if (next === undefined || next === after) return { items: all, isAll: true };
    if (page >= most) return { items: all, isAll: false };
    after = next;
  }
}

/** All that a route lists, page by page. @throws CallError */
export async function listAll<T>(path: string, signal: AbortSignal): Promise<readonly T[]> {
  return (await listPages<T>(path, Number.POSITIVE_INFINITY, signal)).items;
}
