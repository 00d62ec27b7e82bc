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
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_PARENTHESIS = 0x28;
const CLOSE_PARENTHESIS = 0x29;
const DOLLAR = 0x24;
const MAX_BLANKS = 32;
const MAX_VARIABLE = 128;
const MAX_NAME = 64;
/** JSON in a string in a string in a string. */
const MAX_BACKSLASHES = 7;

/** What stands after a name and its separator. */
export interface NamedValue {
  /** Of the value, without quotes. */
  readonly start: number;
  /** Where its word ends, or its quotes. */
  readonly end: number;
  readonly isQuoted: boolean;
  /** Whether name and value may be words of a sentence: no quotes, and a colon and a blank between them. */
  readonly isProse: boolean;
}

interface Separator {
  readonly end: number;
  readonly isColonAndBlank: boolean;
}

/**
 * The value that belongs to the name that ends at `nameEnd`: after `=`, `:`, `:=`, `=>` or one of them percent-encoded,
 * in quotes that may themselves be escaped any number of times, or bare.
 */
export function valueAfter(scan: TextScan, nameEnd: number): NamedValue | undefined {
  const closing = afterQuote(scan, nameEnd);
  const separator = separatorAt(scan, closing);
  if (separator === undefined || separator.end >= scan.to) return undefined;
  const value = valueAt(scan, separator.end);
  const isProse = closing === nameEnd && separator.isColonAndBlank && !value.isQuoted;
  return { ...value, isProse };
}

/** The value that begins at `from`. In `["x"]` and `[x]` it is the first element. */
export function valueAt(scan: TextScan, from: number): NamedValue {
  const { bytes, to } = scan;
  const inBrackets = bytes[from] === OPEN_BRACKET;
  const begin = inBrackets ? from + 1 : from;
  const quote = afterBackslashes(bytes, begin, to);
  const mark = bytes[quote];
  if (quote < to && (mark === QUOTE || mark === APOSTROPHE || mark === BACKTICK)) {
    const start = quote + 1;
    const end = mark === QUOTE ? closingQuote(scan, start, quote - begin) : closingMark(scan, start, mark);
    return { start, end, isQuoted: true, isProse: false };
  }
  return { start: begin, end: endOfWord(scan, begin), isQuoted: false, isProse: false };
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

function afterBlanks({ bytes, to }: TextScan, from: number): number {
  let at = from;
  while (at < to && at < from + MAX_BLANKS && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  return at;
}

function afterBackslashes(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && at <= from + MAX_BACKSLASHES && bytes[at] === BACKSLASH) at++;
  return at;
}

/**
 * Where a string ends that was opened behind `backslashes` backslashes. Inside, each level of JSON in a string doubles
 * the backslashes: of 2^n levels' opening quote with 2^n - 1 of them, the closing one has as many, modulo 2^(n+1).
 * A string that is not closed ends with its line.
 */
function closingQuote({ bytes, to }: TextScan, from: number, backslashes: number): number {
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
function closingMark({ bytes, to }: TextScan, from: number, mark: number): number {
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
function endOfWord({ bytes, to }: TextScan, from: number): number {
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
  return nameEnd > next && (bytes[nameEnd] === EQUALS || bytes[nameEnd] === COLON);
}

/** The backslashes before a quote belong to it. */
function beforeBackslashes(bytes: Uint8Array, from: number, at: number): number {
  let end = at;
  if (bytes[at] === QUOTE) while (end > from && bytes[end - 1] === BACKSLASH) end--;
  return end;
}

/** Where a bare header's value ends: with its line, real or escaped, or before what closes it. */
export function endOfHeader({ bytes, to }: TextScan, from: number): number {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte === LF || byte === 0x0d || byte === OPEN_BRACKET + 2 || byte === APOSTROPHE) return at;
    if (byte === QUOTE) return beforeBackslashes(bytes, from, at);
    if (byte === BACKSLASH && (bytes[at + 1] === 0x6e || bytes[at + 1] === 0x72)) return at;
  }
  return to;
}
