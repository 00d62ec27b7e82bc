// SPDX-License-Identifier: Apache-2.0

const SLOT_BITS = 12;
const WORD = 4;

/** How many slots words are told apart by. */
export const SLOTS: number = 1 << SLOT_BITS;

/**
 * Says of a text that none of some values, each of at least eight bytes, stands in it, having looked at every fourth place
 * alone: wherever such a value stands, one of its first four words of four bytes begins at one of these.
 */
export class WordFilter {
  readonly #mayBegin = new Uint8Array(SLOTS);
  readonly #set: number[] = [];

  /** Takes a value of at least eight bytes. */
  add(value: Uint8Array): void {
    for (let at = 0; at < WORD; at++) {
      const slot = slotOf(wordAt(value, at));
      this.#mayBegin[slot] = 1;
      this.#set.push(slot);
    }
  }

  /** Whether one of them may stand in `bytes[from, to)`. */
  mayHold(bytes: Uint8Array, from: number, to: number): boolean {
    const mayBegin = this.#mayBegin;
    for (let at = from; at + WORD <= to; at += WORD) if (mayBegin[slotOf(wordAt(bytes, at))] === 1) return true;
    return false;
  }

  /** Forgets all values. */
  clear(): void {
    for (const slot of this.#set) this.#mayBegin[slot] = 0;
    this.#set.length = 0;
  }
}

/** The four bytes from `at` on, as a number. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** The slot of a word. */
export function slotOf(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> (32 - SLOT_BITS);
}
