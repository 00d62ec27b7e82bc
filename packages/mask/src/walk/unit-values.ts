// SPDX-License-Identifier: Apache-2.0
import { BACKSLASH, OPEN_ARRAY, OPEN_OBJECT } from '../json/bytes.ts';
import { unescapeJson } from '../json/json-string.ts';
import { LearnedValues } from '../learned/learned-values.ts';
import { decodeBase64 } from '../text/base64.ts';
import { ALPHANUMERIC, isIn } from '../text/byte-class.ts';
import { isDistinctive } from '../text/distinctive.ts';
import type { Value } from '../token/token.ts';
import { type InTurns, TURN_BYTES } from '../turns.ts';
import { type Span, ValueIndex } from './value-index.ts';
import { WordFilter } from './word-filter.ts';

/** Enough base64 for what `LearnedValues` keeps of a value. */
const BASE64_START = 24;
const SHORTEST_TEXT = 8;
/** A shorter value is looked for in a cell as all of it. */
const SHORTEST_WORD = 4;
/** With more values than this in one unit every text counts as containing one, so that a unit takes bounded time. */
const MAX_INDEXED = 1000;
/** So many are looked for one by one, which takes less than an index of them. */
const FEW = 8;
/** Bytes of values times bytes of text: what takes longer to compare counts as found, or is looked for all at once. */
const MOST_COMPARED = 16_777_216;
const MOST_SEARCHED = 1_048_576;

const NOWHERE: readonly Span[] = [];

/** The values that rules mask in one unit. They are indexed only once a text asks for them. */
export class UnitValues {
  readonly #values: Uint8Array[] = [];
  /** Those that were taken by name, whatever they are. */
  readonly #named: Uint8Array[] = [];
  #namedBytes = 0;
  #valueBytes = 0;
  #count = 0;
  #indexed = 0;
  readonly #isPlain: boolean;
  readonly #filter = new WordFilter();
  #hasShort = false;
  #index: LearnedValues | undefined;
  /** Of so many values. */
  #indexedPlaces: { readonly of: number; readonly index: ValueIndex } | undefined;

  /** @param isPlain whether it is enough to know a few values again as they are, in no other spelling */
  constructor(isPlain: boolean) {
    this.#isPlain = isPlain;
  }

  get size(): number {
    return this.#count;
  }

  /** Forgets all of them, for the next unit. */
  clear(): void {
    this.#index?.clear();
    this.#filter.clear();
    this.#hasShort = false;
    this.#indexedPlaces = undefined;
    this.#values.length = 0;
    this.#named.length = 0;
    this.#namedBytes = 0;
    this.#valueBytes = 0;
    this.#count = 0;
    this.#indexed = 0;
  }

  /** Takes a view of a value; it must stay valid until the unit is rendered. */
  add({ spelling, bytes }: Value): void {
    this.#count++;
    if (this.#count > MAX_INDEXED) return;
    const plain = spelling === 'base64' ? decodeBase64(this.#isPlain ? bytes : bytes.subarray(0, BASE64_START)) : bytes;
    this.#values.push(plain);
    this.#valueBytes += plain.length;
    if (plain.length < SHORTEST_TEXT) this.#hasShort = true;
    else if (this.#isPlain && this.#count <= FEW) this.#filter.add(plain);
  }

  /** Takes a value where rules go by names: one that stands in many places, a word or a number, counts in cells alone. */
  addNamed(value: Value): void {
    if (isDistinctive(value.bytes)) this.add(value);
    if (this.#named.length === MAX_INDEXED) return;
    const plain = value.spelling === 'base64' ? decodeBase64(value.bytes) : value.bytes;
    this.#namedBytes += plain.length;
    this.#named.push(plain);
  }

  /**
   * Whether the cell of a Table shows a value that was taken by name: as all of it, or, unless it is very short, as a word
   * in it. What a cell shows of a list or an object is JSON.
   */
  isShownBy(cell: Uint8Array): boolean {
    const isJson = cell[0] === OPEN_OBJECT || cell[0] === OPEN_ARRAY;
    if (this.#named.length === MAX_INDEXED || this.#namedBytes * cell.length > MOST_COMPARED) return true;
    const texts = isJson && cell.includes(BACKSLASH) ? [cell, unescapeJson(cell)] : [cell];
    const shows = (text: Uint8Array, value: Uint8Array) =>
      isJson || value.length >= SHORTEST_WORD ? isWordIn(text, value) : isSame(text, value);
    return texts.some((text) => this.#named.some((value) => shows(text, value)));
  }

  /** Whether any of them may stand in `bytes[from, to)`: a quick look, which most texts don't pass. */
  mayBeIn(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#count === 0) return false;
    return !this.#isPlain || this.#hasShort || this.#count > FEW || this.#filter.mayHold(bytes, from, to);
  }

  /** Whether any of them stands in a text. */
  *areIn(text: Uint8Array): InTurns<boolean> {
    if (text.length < SHORTEST_TEXT || this.#count === 0) return false;
    if (this.#count > MAX_INDEXED) return true;
    if (this.#isPlain && this.#count <= FEW) {
      // Where it takes too long to say where, they count as being there.
      if (this.#isLong(text)) return (yield* this.#places().spansIn(text))?.length !== 0;
      return this.mayBeIn(text, 0, text.length) && this.#values.some((value) => indexOf(text, value, 0) >= 0);
    }
    this.#index ??= new LearnedValues();
    for (; this.#indexed < this.#values.length; this.#indexed++) {
      this.#index.add(this.#values[this.#indexed] as Uint8Array);
    }
    return this.#index.isIn(text);
  }

  /**
   * Where they stand in a text in which they are; empty if only in another spelling, or if there are more than anybody
   * looks for one by one.
   */
  *spansIn(text: Uint8Array): InTurns<readonly Span[]> {
    if (this.#count > MAX_INDEXED) return NOWHERE;
    if (this.#count <= FEW && !this.#isLong(text)) return this.#spansOfFew(text);
    return this.#hasShort ? NOWHERE : ((yield* this.#places().spansIn(text)) ?? NOWHERE);
  }

  /** Whether a text is so long that it is read once for all values, not once for each. */
  #isLong(text: Uint8Array): boolean {
    return !this.#hasShort && (text.length > TURN_BYTES || text.length * this.#valueBytes > MOST_SEARCHED);
  }

  #places(): ValueIndex {
    if (this.#indexedPlaces?.of !== this.#count) {
      this.#indexedPlaces = { of: this.#count, index: new ValueIndex(this.#values) };
    }
    return this.#indexedPlaces.index;
  }

  #spansOfFew(text: Uint8Array): readonly Span[] {
    const spans: Span[] = [];
    for (const value of this.#values) {
      for (let at = indexOf(text, value, 0); at >= 0; at = indexOf(text, value, at + value.length)) {
        spans.push({ start: at, end: at + value.length });
      }
    }
    return spans;
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && indexOf(one, other, 0) === 0;
}

/** Whether a value stands in a text, and not as part of a longer word. */
function isWordIn(text: Uint8Array, value: Uint8Array): boolean {
  for (let at = indexOf(text, value, 0); at >= 0; at = indexOf(text, value, at + 1)) {
    const isPart = isIn(text[at - 1], ALPHANUMERIC) || isIn(text[at + value.length], ALPHANUMERIC);
    if (!isPart) return true;
  }
  return false;
}

function indexOf(text: Uint8Array, value: Uint8Array, from: number): number {
  const first = value[0];
  if (first === undefined) return -1;
  for (
    let at = text.indexOf(first, from);
    at >= 0 && at + value.length <= text.length;
    at = text.indexOf(first, at + 1)
  ) {
    let i = 1;
    while (i < value.length && value[i] === text[at + i]) i++;
    if (i === value.length) return at;
  }
  return -1;
}
