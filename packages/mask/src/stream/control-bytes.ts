// SPDX-License-Identifier: Apache-2.0

const TAB = 0x09;
const DELETE = 0x7f;

/** 1 for each byte that a terminal obeys instead of showing it; tab and line feed are shown. */
export const IS_CONTROL: Uint8Array = new Uint8Array(256).map((_, byte) =>
  (byte < 0x20 && byte !== TAB && byte !== 0x0a) || byte === DELETE ? 1 : 0,
);

/** In a run of text: a byte that is shown, one that is passed over, one that ends the run. */
const SHOWN = 1;
const PASSED = 0;
export const ENDS_RUN = 2;

/** A table in which these bytes end a run; other control bytes, and what is `passed`, show nothing. */
export function runTable(ends: readonly number[], passed: (byte: number) => boolean = () => false): Uint8Array {
  return IS_CONTROL.map((isControl, byte) => {
    if (ends.includes(byte)) return ENDS_RUN;
    return isControl === 1 || passed(byte) ? PASSED : SHOWN;
  });
}

/** What U+0080 to U+009F begin with in UTF-8: the control characters C1. */
export const C1_LEAD = 0xc2;
/** In UTF-8: U+0080 to U+009F, the soft hyphen, the Arabic letter mark. */
const OF_TWO_BYTES = [
  [0xc280, 0xc29f],
  [0xc2ad, 0xc2ad],
  [0xd89c, 0xd89c],
] as const;
/** U+200B to U+200F, U+202A to U+202E, U+2060 to U+206F, the byte order mark. */
const OF_THREE_BYTES = [
  [0xe2808b, 0xe2808f],
  [0xe280aa, 0xe280ae],
  [0xe281a0, 0xe281af],
  [0xefbbbf, 0xefbbbf],
] as const;
/** 1 for each byte that a character begins with which `unseenLength` may know. */
const MAY_BE_UNSEEN = new Uint8Array(256).map((_, byte) => ([C1_LEAD, 0xd8, 0xe2, 0xef].includes(byte) ? 1 : 0));
const STOPS = IS_CONTROL.map((isControl, byte) => isControl | (MAY_BE_UNSEEN[byte] as number));

/** The first control byte at or after `from`, or character that no terminal shows; `to` if there is none. */
export function nextControl(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  for (;;) {
    while (at < to && STOPS[bytes[at] as number] === 0) at++;
    if (at >= to || IS_CONTROL[bytes[at] as number] === 1 || unseenLength(bytes, at, to) > 0) return at;
    at++;
  }
}

/** The first character at or after `from` that has an `unseenLength`; `to` if there is none. */
export function nextUnseen(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (MAY_BE_UNSEEN[bytes[at] as number] === 0 || unseenLength(bytes, at, to) === 0)) at++;
  return at;
}

/**
 * How many bytes the character has that begins at `at`, if terminals obey it, or show nothing of it: C1 controls, the soft
 * hyphen, zero widths, marks of direction, the byte order mark; else 0.
 */
export function unseenLength(bytes: Uint8Array, at: number, to: number): number {
  if (MAY_BE_UNSEEN[bytes[at] as number] === 0 || at + 2 > to) return 0;
  const two = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  if (isAmong(OF_TWO_BYTES, two)) return 2;
  return at + 3 <= to && isAmong(OF_THREE_BYTES, (two << 8) | (bytes[at + 2] as number)) ? 3 : 0;
}

function isAmong(ranges: readonly (readonly [first: number, last: number])[], character: number): boolean {
  return ranges.some(([first, last]) => character >= first && character <= last);
}
