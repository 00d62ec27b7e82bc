// SPDX-License-Identifier: Apache-2.0
import { BASE64_BYTE, CLASSES, DIGIT, isIn, LOWER, NAME_BYTE, runEnd, SPACE, UPPER } from './byte-class.ts';
import { isAuthSetting, isHarmlessValue } from './harmless-value.ts';
import { isOwnMask } from './own-mask.ts';
import { isAuthName } from './secret-name.ts';

const BLANK = 0x20;
const TAB = 0x09;
const DASH = 0x2d;
const EQUALS = 0x3d;
const COLON = 0x3a;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const AMPERSAND = 0x26;
const EXCLAMATION = 0x21;
const MAX_STAMP = 40;
const MAX_KEY_WIDTH = 80;
const MIN_ENCODED = 4;
const BLOCK_MARKS = '|>';

/** Where a line's own content begins: after the time that `kubectl logs --timestamps` puts before it. */
export function contentStart(line: Uint8Array, from: number, to: number): number {
  const stampEnd = endOfStamp(line, from, to);
  return stampEnd < to && line[stampEnd] === BLANK ? stampEnd + 1 : from;
}

/** RFC 3339, as in `2026-11-24T04:57:12.280082Z`. */
function endOfStamp(line: Uint8Array, from: number, to: number): number {
  if (!isIn(line[from], DIGIT) || line[from + 4] !== DASH || line[from + 10] !== 0x54) return to;
  let at = from;
  while (at < to && at < from + MAX_STAMP && line[at] !== BLANK) at++;
  const isStamp = line[at - 1] === 0x5a || line[at - 3] === COLON;
  return isStamp && line[from + 13] === COLON && line[from + 16] === COLON ? at : to;
}

/** How many blanks and tabs stand at `from`. */
export function indentation(line: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (line[at] === BLANK || line[at] === TAB)) at++;
  return at - from;
}

/** Where a line ends without the white space at its end. */
export function trimmedEnd(line: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && isIn(line[at - 1], SPACE)) at--;
  return at;
}

/** Length of a line that is base64 and nothing else; 0 for any other. */
export function base64Width(line: Uint8Array, from: number, to: number): number {
  const begin = from + indentation(line, from, to);
  const end = trimmedEnd(line, begin, to);
  let at = runEnd(line, begin, end, BASE64_BYTE);
  while (at < end && line[at] === EQUALS) at++;
  return at === end ? end - begin : 0;
}

/**
 * Whether a line looks like one of a key whose first lines are missing: base64 and nothing else, no longer than the lines
 * of a key are, in letters of both cases and digits, or padded.
 */
export function looksLikeKeyBody(line: Uint8Array, from: number, to: number): boolean {
  const width = base64Width(line, from, to);
  const begin = from + indentation(line, from, to);
  return width > 0 && width <= MAX_KEY_WIDTH && looksEncoded(line, begin, begin + width);
}

/** Whether a run of base64 is padded, or mixes capitals, small letters and digits. */
export function looksEncoded(line: Uint8Array, from: number, to: number): boolean {
  let seen = 0;
  for (let at = from; at < to; at++) seen |= CLASSES[line[at] as number] as number;
  const all = LOWER | UPPER | DIGIT;
  return to - from >= MIN_ENCODED && (line[to - 1] === EQUALS || (seen & all) === all);
}

export interface ValueSpan {
  readonly start: number;
  readonly end: number;
}

/** What stands between quotes, if they open and close a value. */
export function unquoted(bytes: Uint8Array, start: number, end: number): ValueSpan {
  if (bytes[start] !== QUOTE && bytes[start] !== APOSTROPHE) return { start, end };
  const isClosed = end - start > 1 && bytes[end - 1] === bytes[start];
  return { start: start + 1, end: isClosed ? end - 1 : end };
}

/** `name: value` and `name = value` as a whole line, after `- ` and `export `, with or without quotes about the name. */
export interface LineAssignment {
  readonly indent: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly isColon: boolean;
  /** The rest of the line, without white space and a final comma about it. */
  readonly valueStart: number;
  readonly valueEnd: number;
}

export function lineAssignment(line: Uint8Array, from: number, to: number): LineAssignment | undefined {
  const indent = indentation(line, from, to);
  let at = afterWord(line, from + indent, to, 'export ');
  while (line[at] === DASH && line[at + 1] === BLANK) at += 2 + indentation(line, at + 2, to);
  const isQuoted = line[at] === QUOTE || line[at] === APOSTROPHE;
  const nameStart = isQuoted ? at + 1 : at;
  const nameEnd = runEnd(line, nameStart, to, NAME_BYTE);
  let mark = isQuoted ? nameEnd + 1 : nameEnd;
  mark += indentation(line, mark, to);
  const isColon = line[mark] === COLON;
  if (nameEnd === nameStart || mark >= to || (!isColon && line[mark] !== EQUALS)) return undefined;
  const valueStart = mark + 1 + indentation(line, mark + 1, to);
  let valueEnd = trimmedEnd(line, valueStart, to);
  if (valueEnd > valueStart && line[valueEnd - 1] === COMMA) valueEnd--;
  return { indent, nameStart, nameEnd, isColon, valueStart, valueEnd };
}

function afterWord(line: Uint8Array, from: number, to: number, word: string): number {
  for (let i = 0; i < word.length; i++) if (from + i >= to || line[from + i] !== word.charCodeAt(i)) return from;
  return from + word.length;
}

/** `|` and `>` of YAML, with their indicators. */
export function isBlockMark(bytes: Uint8Array, from: number, to: number): boolean {
  if (from === to || to - from > 3 || !BLOCK_MARKS.includes(String.fromCharCode(bytes[from] as number))) return false;
  return /^[|>][-+0-9]{0,2}$/.test(String.fromCharCode(...bytes.subarray(from, to)));
}

/** What stands for no value under a name, `bytes[nameStart, nameEnd)`: also, where it ends in AUTH, a way to log in. */
export function isNoValueOf(
  bytes: Uint8Array,
  { nameStart, nameEnd }: Pick<LineAssignment, 'nameStart' | 'nameEnd'>,
  { start, end }: ValueSpan,
): boolean {
  return isNoValue(bytes, start, end) || (isAuthSetting(bytes, start, end) && isAuthName(bytes, nameStart, nameEnd));
}

/** What stands for no value: a placeholder, the mark of a block, a mask. */
function isNoValue(bytes: Uint8Array, from: number, to: number): boolean {
  return isHarmlessValue(bytes, from, to) || isBlockMark(bytes, from, to) || isOwnMask(bytes, from, to);
}

/** Behind `&anchor` and `!tag` of YAML, and the blanks about them. */
export function afterProperties(bytes: Uint8Array, from: number, to: number): number {
  let at = from + indentation(bytes, from, to);
  while (at < to && (bytes[at] === AMPERSAND || bytes[at] === EXCLAMATION)) {
    while (at < to && !isIn(bytes[at], SPACE)) at++;
    at += indentation(bytes, at, to);
  }
  return at;
}
