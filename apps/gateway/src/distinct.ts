// SPDX-License-Identifier: Apache-2.0

/** Each of them once, in order, where those are the same whose JSON texts are. */
export function distinct<T>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
