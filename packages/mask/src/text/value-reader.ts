// SPDX-License-Identifier: Apache-2.0
import { isIn, NAME_BYTE, runEnd, SPACE } from './byte-class.ts';
import type { TextScan } from './text-scan.ts';

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKTICK = 0x60;
const BACKSLASH = 0x5c;
const EQUALS = 0x3d;
const COLON = 0x3a;
const PERCENT = 0x25;
const LF = 0x0a;
const LESS = 0x3c;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_PARENTHESIS = 0x28;
const CLOSE_PARENTHESIS = 0x29;
const DOLLAR = 0x24;
const COMMA = 0x2c;
const MAX_BLANKS = 32;
const MAX_VARIABLE = 128;
/** Longer values need not be read to be judged. */
const MAX_JUDGED = 520;
const MAX_NAME = 64;
/** JSON in twelve strings: behind more, nobody can tell what belongs to a name. */
const MAX_BACKSLASHES = 4095;

/** Where a value stands. */
export interface ValuePlace {
  readonly from: number;
  /** Whether name and value may be words of a sentence: a colon and a blank between them, and no quotes. */
  readonly isProse: boolean;
  /** Whether it is the text of an element of XML. */
  readonly isElement?: boolean;
  /** Whether nobody can tell where it ends: with its line. */
  readonly isUnread?: boolean;
}

/** What stands after a name and its separator. */
export interface NamedValue extends ValuePlace {
  /** Of the value, without quotes. */
  readonly start: number;
  /** Where its word ends, or its quotes. */
  readonly end: number;
  readonly isQuoted: boolean;
  /** Whether it was read to its end. */
  readonly isWhole: boolean;
}

interface Separator {
  readonly end: number;
  readonly isColonAndBlank: boolean;
}

/**
 * Where the value begins that belongs to the name that ends at `nameEnd`: after `=`, `:`, `:=`, `=>` or one of them
 * percent-encoded.
 */
export function placeAfter(scan: TextScan, nameEnd: number): ValuePlace | undefined {
  const closing = afterQuote(scan, nameEnd);
  if (closing === nameEnd && afterBackslashes(scan.bytes, nameEnd, scan.to) - nameEnd > MAX_BACKSLASHES) {
    return { from: nameEnd, isProse: false, isUnread: true };
  }
  const separator = separatorAt(scan, closing);
  if (separator === undefined || separator.end >= scan.to) return undefined;
  return { from: separator.end, isProse: separator.isColonAndBlank };
}

/**
 * The value at a place: in quotes, that may be escaped any number of times, or bare; in `["x"]` and `[x]` the first
 * element. Of a long one only the beginning, until `wholeValue` reads it to its end.
 */
export function valueAt(scan: TextScan, place: ValuePlace, maxBytes: number = MAX_JUDGED): NamedValue {
  const { from } = place;
  const { bytes } = scan;
  const to = Math.min(scan.to, from + maxBytes);
  if (place.isElement === true) {
    const end = endOfText(bytes, from, to);
    return { ...place, start: from, end, isQuoted: true, isWhole: end < to || to === scan.to };
  }
  if (place.isUnread === true) {
    const lineEnd = bytes.indexOf(LF, from);
    const end = lineEnd < 0 ? scan.to : Math.min(lineEnd, scan.to);
    return { ...place, start: from, end, isQuoted: true, isWhole: true };
  }
  const begin = bytes[from] === OPEN_BRACKET || bytes[from] === COMMA ? afterBlanks(scan, from + 1) : from;
  const quote = afterBackslashes(bytes, begin, to);
  const mark = bytes[quote];
  if (quote < to && (mark === QUOTE || mark === APOSTROPHE || mark === BACKTICK)) {
    const start = quote + 1;
    const end = mark === QUOTE ? closingQuote(bytes, start, to, quote - begin) : closingMark(bytes, start, to, mark);
    return { start, end, isQuoted: true, isProse: false, from, isWhole: end < to || to === scan.to };
  }
  const end = endOfWord(bytes, begin, to);
  return { start: begin, end, isQuoted: false, isProse: place.isProse, from, isWhole: end < to || to === scan.to };
}

/** The element of a JSON array after a quoted one. */
export function nextElement(
  { bytes, to }: TextScan,
  { from, start, end, isQuoted }: NamedValue,
): ValuePlace | undefined {
  if (!isQuoted || (bytes[from] !== OPEN_BRACKET && bytes[from] !== COMMA)) return undefined;
  // As many backslashes stand before the closing quote as before the opening one.
  const quoteEnd = afterBackslashes(bytes, end, to) + 1;
  return start > from && bytes[quoteEnd] === COMMA && quoteEnd < to ? { from: quoteEnd, isProse: false } : undefined;
}

function endOfText(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== LESS) at++;
  return at;
}

/** The same value, read to its end. Only for values that are masked: each byte then is read once. */
export function wholeValue(scan: TextScan, value: NamedValue): NamedValue {
  return value.isWhole ? value : valueAt(scan, value, scan.to - value.from);
}

/** After the closing quote of a name, and the backslashes before it. */
export function afterQuote({ bytes, to }: TextScan, at: number): number {
  const quote = afterBackslashes(bytes, at, to);
  const mark = bytes[quote];
  return quote < to && (mark === QUOTE || mark === APOSTROPHE) ? quote + 1 : at;
}

function separatorAt(scan: TextScan, from: number): Separator | undefined {
  const { bytes, to } = scan;
  let at = afterBlanks(scan, from);
  const begin = at;
  while (at < to && at < begin + 2 && (bytes[at] === EQUALS || bytes[at] === COLON)) at++;
  if (at === begin) return encodedSeparator(scan, at);
  const isColon = at === begin + 1 && bytes[begin] === COLON;
  if (bytes[at] === 0x3e && bytes[at - 1] === EQUALS) at++;
  const end = afterBlanks(scan, at);
  return { end, isColonAndBlank: isColon && end > at };
}

/** `%3D` and `%3A`. */
function encodedSeparator({ bytes, to }: TextScan, at: number): Separator | undefined {
  const isEncoded = at + 3 <= to && bytes[at] === PERCENT && bytes[at + 1] === 0x33;
  const digit = isEncoded ? (bytes[at + 2] as number) | 0x20 : 0;
  return digit === 0x64 || digit === 0x61 ? { end: at + 3, isColonAndBlank: false } : undefined;
}

/** After blanks and tabs, of which there are only so many. */
export function afterBlanks({ bytes, to }: Pick<TextScan, 'bytes' | 'to'>, from: number): number {
  let at = from;
  while (at < to && at < from + MAX_BLANKS && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  return at;
}

/** After backslashes, of which there are only so many. */
export function afterBackslashes(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && at <= from + MAX_BACKSLASHES && bytes[at] === BACKSLASH) at++;
  return at;
}

/**
 * Where a string ends that was opened behind `backslashes` backslashes. Inside, each level of JSON in a string doubles
 * the backslashes: of 2^n levels' opening quote with 2^n - 1 of them, the closing one has as many, modulo 2^(n+1).
 * A string that is not closed ends with its line.
 */
function closingQuote(bytes: Uint8Array, from: number, to: number, backslashes: number): number {
  const period = (backslashes + 1) * 2;
  let run = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte === LF) return at;
    if (byte === QUOTE && run % period === backslashes) return at - backslashes;
    run = byte === BACKSLASH ? run + 1 : 0;
  }
  return to;
}

/** The next such mark that is not doubled, as YAML and SQL double them. */
function closingMark(bytes: Uint8Array, from: number, to: number, mark: number): number {
  for (let at = from; at < to; at++) {
    if (bytes[at] === LF) return at;
    if (bytes[at] !== mark) continue;
    if (bytes[at + 1] !== mark || at + 1 >= to) return at;
    at++;
  }
  return to;
}

const endsIfFollowed = flags(',;&|)}]>"\'`<');
const beginsNext = flags(',;&|');
const follows = flags(',;:&|)}]>"\'`<\\');

function flags(characters: string): Uint8Array {
  return new Uint8Array(256).map((_, byte) => (characters.includes(String.fromCharCode(byte)) ? 1 : 0));
}

/**
 * Where a bare word ends: at a blank, or at punctuation that closes or separates something. The same punctuation in the
 * middle of a word belongs to it, since a password may hold any.
 */
function endOfWord(bytes: Uint8Array, from: number, to: number): number {
  for (let at = afterVariable(bytes, from, to); at < to; at++) {
    const byte = bytes[at] as number;
    if (isIn(byte, SPACE)) return at;
    if (endsIfFollowed[byte] === 1 && endsWord(bytes, at, to)) return beforeBackslashes(bytes, from, at);
  }
  return to;
}

/** After the `${…}`, `$(…)` or `{{ … }}` that a value begins with. */
function afterVariable(bytes: Uint8Array, from: number, to: number): number {
  const isVariable = bytes[from] === DOLLAR && (bytes[from + 1] === OPEN_BRACE || bytes[from + 1] === OPEN_PARENTHESIS);
  const isTemplate = bytes[from] === OPEN_BRACE && bytes[from + 1] === OPEN_BRACE;
  if (!isVariable && !isTemplate) return from;
  const close = bytes[from + 1] === OPEN_PARENTHESIS ? CLOSE_PARENTHESIS : CLOSE_BRACE;
  for (let at = from + 2; at < to && at < from + MAX_VARIABLE; at++) {
    if (bytes[at] === LF) return from;
    if (bytes[at] === close) return Math.min(to, isTemplate ? at + 2 : at + 1);
  }
  return from;
}

function endsWord(bytes: Uint8Array, at: number, to: number): boolean {
  const next = at + 1;
  if (next >= to || isIn(bytes[next], SPACE) || follows[bytes[next] as number] === 1) return true;
  if (bytes[at] === 0x3c) return bytes[next] === 0x2f;
  if (beginsNext[bytes[at] as number] === 0) return false;
  const nameEnd = runEnd(bytes, next, Math.min(to, next + MAX_NAME), NAME_BYTE);
  return nameEnd > next && nameEnd < to && (bytes[nameEnd] === EQUALS || bytes[nameEnd] === COLON);
}

/** The backslashes before a quote belong to it. */
function beforeBackslashes(bytes: Uint8Array, from: number, at: number): number {
  let end = at;
  if (bytes[at] === QUOTE) while (end > from && bytes[end - 1] === BACKSLASH) end--;
  return end;
}

/** Where a bare header's value ends: with its line, real or escaped, or before what closes it. */
export function endOfHeader({ bytes, to }: Pick<TextScan, 'bytes' | 'to'>, from: number): number {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte === LF || byte === 0x0d || byte === OPEN_BRACKET + 2 || byte === APOSTROPHE) return at;
    if (byte === QUOTE) return beforeBackslashes(bytes, from, at);
    if (byte === BACKSLASH && at + 1 < to && (bytes[at + 1] === 0x6e || bytes[at + 1] === 0x72)) return at;
  }
  return to;
}
