// SPDX-License-Identifier: Apache-2.0
import { CLASSES, DIGIT, isIn, LOWER, UPPER } from './byte-class.ts';
import { isHarmlessValue, looksLikeObjectName } from './harmless-value.ts';

const SHORTEST_TEXT = 8;
/** Of a longer value this much is looked at to see whether it is more than a word. */
const MAX_WORD = 64;

/** The kinds of characters in words and numbers: one, and no mark. */
const WORDS: readonly number[] = [0, LOWER, UPPER, DIGIT];
/** Beside the classes of bytes that words are made of. */
const MARK = 1 << 10;

/**
 * Whether a value is more than a word or number that stands in many places: of at least eight characters, letters with
 * digits, capitals among small letters, or a mark that words don't have.
 */
export function isDistinctive(value: Uint8Array): boolean {
  if (value.length < SHORTEST_TEXT) return false;
  let kinds = 0;
  const end = Math.min(value.length, MAX_WORD);
  for (let at = 0; at < end; at++) {
    const byte = value[at] as number;
    const classes = CLASSES[byte] as number;
    kinds |= (classes & (LOWER | UPPER | DIGIT)) !== 0 ? classes : isIn(byte, ~0) ? 0 : MARK;
  }
  return !WORDS.includes(kinds);
}

/** Whether a text is more than a word, and neither the name of an object nor otherwise no value. */
export function isOpaqueWord(text: Uint8Array): boolean {
  const { length } = text;
  return isDistinctive(text) && !looksLikeObjectName(text, 0, length) && !isHarmlessValue(text, 0, length);
}
