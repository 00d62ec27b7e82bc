// SPDX-License-Identifier: Apache-2.0
import { SLOTS, slotOf, wordAt } from './word-filter.ts';

/** Part of a text, by offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Of values with the same beginning, in one text: beyond it nobody says where they stand. */
const MAX_COMPARED_BYTES = 1024 * 1024;
const SHORTEST = 8;

interface Entry {
  readonly value: Uint8Array;
  /** Where it ended that stands in the text at hand last. */
  end: number;
}

/** Finds many values, each of at least eight bytes, in one pass over a text. */
export class ValueIndex {
  readonly #byStart = new Map<number, Entry[]>();
  readonly #mayBegin = new Uint8Array(SLOTS);

  constructor(values: readonly Uint8Array[]) {
    for (const value of values) {
      const key = keyAt(value, 0);
      const alike = this.#byStart.get(key);
      if (alike === undefined) this.#byStart.set(key, [{ value, end: 0 }]);
      else alike.push({ value, end: 0 });
      this.#mayBegin[slotOf(wordAt(value, 0))] = 1;
    }
  }

  /** Where they stand in a text, the same one never over itself; undefined if that takes too many comparisons. */
  spansIn(text: Uint8Array): readonly Span[] | undefined {
    for (const alike of this.#byStart.values()) for (const entry of alike) entry.end = 0;
    const spans: Span[] = [];
    let left = MAX_COMPARED_BYTES + text.length;
    for (let at = 0; at + SHORTEST <= text.length; at++) {
      if (this.#mayBegin[slotOf(wordAt(text, at))] === 1) left -= this.#findAt(text, at, spans);
      if (left < 0) return undefined;
    }
    return spans;
  }

  /** Adds those that stand at one place; gives how many bytes were compared. */
  #findAt(text: Uint8Array, at: number, spans: Span[]): number {
    let compared = 0;
    for (const entry of this.#byStart.get(keyAt(text, at)) ?? []) {
      if (at < entry.end) continue;
      const same = commonLength(entry.value, text, at);
      compared += same + 1;
      if (same < entry.value.length) continue;
      entry.end = at + same;
      spans.push({ start: at, end: entry.end });
    }
    return compared;
  }
}

/** Of the eight bytes from `at` on. */
function keyAt(bytes: Uint8Array, at: number): number {
  return wordAt(bytes, at) ^ Math.imul(wordAt(bytes, at + 4), 0x85ebca6b);
}

function commonLength(value: Uint8Array, text: Uint8Array, at: number): number {
  let length = 0;
  while (length < value.length && value[length] === text[at + length]) length++;
  return length;
}
