// SPDX-License-Identifier: Apache-2.0
import { LearnedValues } from '../learned/learned-values.ts';
import { decodeBase64 } from '../text/base64.ts';
import type { Value } from '../token/token.ts';

/** Enough base64 for what `LearnedValues` keeps of a value. */
const BASE64_START = 24;
const SHORTEST_TEXT = 8;
/** With more values than this in one unit every text counts as containing one, so that a unit takes bounded time. */
const MAX_INDEXED = 1000;

/** The values that rules mask in one unit. They are indexed only once a text asks for them. */
export class UnitValues {
  readonly #pending: Value[] = [];
  #count = 0;
  #index: LearnedValues | undefined;

  /** Takes a view of a value; it must stay valid until the unit is rendered. */
  add(value: Value): void {
    this.#count++;
    if (this.#count <= MAX_INDEXED) this.#pending.push(value);
  }

  /** Whether any of them stands in a text. */
  areIn(text: Uint8Array): boolean {
    if (text.length < SHORTEST_TEXT) return false;
    if (this.#count > MAX_INDEXED) return true;
    this.#index ??= new LearnedValues();
    for (const { spelling, bytes } of this.#pending) {
      this.#index.add(spelling === 'base64' ? decodeBase64(bytes.subarray(0, BASE64_START)) : bytes);
    }
    this.#pending.length = 0;
    return this.#index.isIn(text);
  }
}
