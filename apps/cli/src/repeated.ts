// SPDX-License-Identifier: Apache-2.0

/** Gathers the words of an option that may be given several times. */
export function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
