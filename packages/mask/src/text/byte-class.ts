// SPDX-License-Identifier: Apache-2.0

/** Sets of ASCII bytes, as bits of `CLASSES[byte]`. */
export const LOWER = 1;
export const UPPER = 2;
export const DIGIT = 4;
export const LETTER: number = LOWER | UPPER;
export const ALPHANUMERIC: number = LETTER | DIGIT;
/** `_` and `-`: with letters and digits, the alphabet of base64url and of most tokens. */
export const DASH = 8;
/** `+` and `/`: with letters and digits, base64. */
export const PLUS_SLASH = 16;
export const DOT = 32;
/** Blank, tab, carriage return, line feed. */
export const SPACE = 64;

export const TOKEN_BYTE: number = ALPHANUMERIC | DASH;
export const BASE64_BYTE: number = ALPHANUMERIC | DASH | PLUS_SLASH;
/** What a name of a variable, key or flag is made of. */
export const NAME_BYTE: number = ALPHANUMERIC | DASH | DOT;

/** The sets that each byte belongs to. */
export const CLASSES: Uint8Array = new Uint8Array(256).map((_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[a-z]/.test(character)) return LOWER;
  if (/[A-Z]/.test(character)) return UPPER;
  if (/[0-9]/.test(character)) return DIGIT;
  if (character === '_' || character === '-') return DASH;
  if (character === '+' || character === '/') return PLUS_SLASH;
  if (character === '.') return DOT;
  return /[ \t\r\n]/.test(character) ? SPACE : 0;
});

/** Whether a byte (or `undefined`, beyond the end) belongs to one of these sets. */
export function isIn(byte: number | undefined, classes: number): boolean {
  return byte !== undefined && ((CLASSES[byte] as number) & classes) !== 0;
}

/** Where the run of bytes of these sets that begins at `from` ends; at most `to`. */
export function runEnd(bytes: Uint8Array, from: number, to: number, classes: number): number {
  let at = from;
  while (at < to && ((CLASSES[bytes[at] as number] as number) & classes) !== 0) at++;
  return at;
}

/** Where the run of bytes of these sets that ends before `to` begins; at least `from`. */
export function runStart(bytes: Uint8Array, from: number, to: number, classes: number): number {
  let at = to;
  while (at > from && ((CLASSES[bytes[at - 1] as number] as number) & classes) !== 0) at--;
  return at;
}

/** Whether an ASCII text stands at `at`, in exactly this case. */
export function standsAt(bytes: Uint8Array, at: number, to: number, text: Uint8Array): boolean {
  if (at < 0 || at + text.length > to) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}
