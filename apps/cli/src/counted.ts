// SPDX-License-Identifier: Apache-2.0

/** A number of things in words: `1 agent`, `2 agents`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
