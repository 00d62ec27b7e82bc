// SPDX-License-Identifier: Apache-2.0
import { type InTurns, TURN_BYTES } from '../turns.ts';
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

  /**
   * Where they stand in a text, the same one never over itself; undefined if that takes too many comparisons. Nothing else
   * MUST be looked for before it is done.
   */
  *spansIn(text: Uint8Array): InTurns<readonly Span[] | undefined> {
    for (const alike of this.#byStart.values()) for (const entry of alike) entry.end = 0;
    const spans: Span[] = [];
    let left = MAX_COMPARED_BYTES + text.length;
    for (let at = 0; at + SHORTEST <= text.length; at += TURN_BYTES) {
      if (at > 0) yield;
      left -= this.#findFrom(text, at, Math.min(at + TURN_BYTES, text.length - SHORTEST + 1), left, spans);
      if (left < 0) return undefined;
    }
    return spans;
  }

  /** Adds those that begin in `text[from, to)`; gives how many bytes were compared, as soon as they are over `limit`. */
  #findFrom(text: Uint8Array, from: number, to: number, limit: number, spans: Span[]): number {
    let compared = 0;
    let word = wordAt(text, from) << 8;
    for (let at = from; at < to; at++) {
      word = (word >>> 8) | ((text[at + 3] as number) << 24);
      if (this.#mayBegin[slotOf(word)] === 1) compared += this.#findAt(text, at, spans);
      if (compared > limit) break;
    }
    return compared;
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
