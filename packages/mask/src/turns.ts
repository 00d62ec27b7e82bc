// SPDX-License-Identifier: Apache-2.0

/** So much is done in one turn: a millisecond or so of the densest text. */
export const TURN_BYTES: number = 32 * 1024;

/**
 * So much of a text is searched in one turn, where each place may call for a closer look: two milliseconds where it is made
 * of nothing but credentials.
 */
export const DENSE_TURN_BYTES: number = 8 * 1024;

/** Work that is done in turns, with a result at its end. */
export type InTurns<T> = Generator<void, T, void>;

/** Does all of it at once. */
export function atOnce<T>(work: InTurns<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
