// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { decodeBase64, isCanonicalBase64 } from './base64.ts';
import {
  ALPHANUMERIC,
  CLASSES,
  DIGIT,
  isIn,
  LOWER,
  NAME_BYTE,
  PLUS_SLASH,
  runEnd,
  SPACE,
  standsAt,
  UPPER,
} from './byte-class.ts';
import { isHarmlessValue } from './harmless-value.ts';
import { afterProperties, isBlockMark } from './line-shape.ts';
import type { Anchor, TextScan } from './text-scan.ts';
import { afterBackslashes, afterBlanks, afterQuote, valueAt, wholeValue } from './value-reader.ts';

const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const COLON = 0x3a;
const EQUALS = 0x3d;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const SMALL_N = 0x6e;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const KIND = utf8('kind');
const SECRET = utf8('Secret');
const STRING = utf8('string');
const DATA = utf8('data');
const SOME_DATA = utf8('Data');
const RULE = 'embedded-secret';
/** Shorter base64 of no text is a word as often as a value. */
const MIN_OPAQUE = 16;
/** How far before `Secret` its `kind` may stand. */
const MAX_GAP = 16;
const MAX_INDENT = 64;
/** Of `|`, with its indicators. */
const MAX_MARK = 3;

/** Where a Secret's values stand, in manifests as JSON or YAML; and what says that it is one. */
export const secretDataAnchors: readonly Anchor[] = [
  { word: 'secret', verify: noteKind },
  { word: 'data', mayStand: mayBeMember, verify: verifyData },
];

/** `kind: Secret`, `"kind":"Secret"`, `\"kind\": \"SecretList\"`. */
function noteKind(scan: TextScan, start: number, end: number): boolean {
  const { bytes } = scan;
  if (scan.hasSecretKind || !standsAt(bytes, start, end, SECRET)) return false;
  const limit = Math.max(scan.from, start - MAX_GAP);
  let at = start;
  while (at > limit && isBetween(bytes[at - 1] as number)) at--;
  scan.hasSecretKind = at < start && standsAt(bytes, at - KIND.length, start, KIND) && at - KIND.length >= scan.from;
  return false;
}

function isBetween(byte: number): boolean {
  return byte === BLANK || byte === COLON || byte === QUOTE || byte === APOSTROPHE || byte === BACKSLASH;
}

/** Whether `data` or `stringData` ends at `end`, and something is assigned to it: a map, in brackets or on further lines. */
function mayBeMember(bytes: Uint8Array, end: number, to: number): boolean {
  if (nameStart(bytes, 0, end) === undefined) return false;
  let at = end;
  while (at < to && (bytes[at] === BACKSLASH || bytes[at] === QUOTE || bytes[at] === APOSTROPHE)) at++;
  return bytes[at] === COLON || (bytes[at] === BLANK && bytes[at + 1] === COLON);
}

/** Where the name begins that ends at `end`, if it is one of the two. */
function nameStart(bytes: Uint8Array, from: number, end: number): number | undefined {
  const start = end - DATA.length;
  const long = start - STRING.length;
  const isLong = long >= from && standsAt(bytes, long, end, STRING) && standsAt(bytes, start, end, SOME_DATA);
  const begin = isLong ? long : start;
  if (!isLong && !standsAt(bytes, start, end, DATA)) return undefined;
  const isPart = begin > from && isIn(bytes[begin - 1], NAME_BYTE) && !isEscapedBreak(bytes, from, begin);
  return isPart ? undefined : begin;
}

/** Whether the `n` of `\n` stands before a name. */
function isEscapedBreak(bytes: Uint8Array, from: number, begin: number): boolean {
  return begin - 2 >= from && bytes[begin - 1] === SMALL_N && bytes[begin - 2] === BACKSLASH;
}

/** `"data":{"a":"eA=="}` behind any number of backslashes, `data: {a: eA==}`, `data:` and `a: eA==` in lines below. */
function verifyData(scan: TextScan, _start: number, end: number): boolean {
  const { bytes, to } = scan;
  const begin = nameStart(bytes, scan.from, end);
  if (begin === undefined) return false;
  const closing = afterQuote(scan, end);
  const last = scan.mapsReadTo.length - 1;
  const level = closing > end ? Math.min(closing - end - 1, last - 1) : last;
  // What stands in a map that was read is none of the same level.
  if (begin < (scan.mapsReadTo[level] as number)) return false;
  const colon = afterBlanks(scan, closing);
  if (colon >= to || bytes[colon] !== COLON) return false;
  const at = afterProperties(bytes, colon + 1, to);
  const isText = end - begin > DATA.length;
  if (bytes[at] === OPEN_OBJECT) scan.mapsReadTo[level] = readMap(scan, at + 1, isText);
  else scan.mapsReadTo[level] = closing === end ? readLines(scan, at, isText) : at;
  return false;
}

/** Reads a map in brackets, as far as its values are scalars; gives where it has come to. */
function readMap(scan: TextScan, from: number, isText: boolean): number {
  const { bytes, to } = scan;
  let at = from;
  while (at < to) {
    at = afterSpace(bytes, at, to);
    const key = keyAt(scan, at);
    if (key === undefined) return at;
    const value = wholeValue(scan, valueAt(scan, { from: key, isProse: false }));
    if (!value.isQuoted && (bytes[key] === OPEN_OBJECT || bytes[key] === OPEN_ARRAY)) return key;
    judge(scan, value.start, value.end, isText);
    at = value.isQuoted ? afterBackslashes(bytes, value.end, to) + 1 : Math.max(value.end, key + 1);
    if (bytes[afterSpace(bytes, at, to)] === CLOSE_OBJECT) return at;
  }
  return to;
}

/** Reads the lines below, as long as they are indented like the first, or deeper; gives where it has come to. */
function readLines(scan: TextScan, from: number, isText: boolean): number {
  const { bytes, to } = scan;
  const lineEnd = endOfLine(bytes, from, to);
  let at = afterBreak(bytes, lineEnd, to);
  let indent = 0;
  let read = Math.max(at, lineEnd);
  while (at > 0 && at < to) {
    const start = runOf(bytes, at, Math.min(to, at + MAX_INDENT), BLANK);
    const end = endOfLine(bytes, start, to);
    const width = start - at;
    if (end > start && (width === 0 || width < indent)) return at;
    if (end > start) {
      indent ||= width;
      judgeLine(scan, start, end, isText, width === indent);
    }
    read = end;
    at = afterBreak(bytes, end, to);
  }
  return read;
}

/** The value of a member that stands in a line, or a line that goes on with one. */
function judgeLine(scan: TextScan, start: number, end: number, isText: boolean, isMember: boolean): void {
  const { bytes } = scan;
  const from = isMember ? keyAt(scan, start) : start;
  if (from === undefined || from >= end) return;
  const value = isMember ? valueAt(scan, { from, isProse: false }) : undefined;
  if (value?.isQuoted === true) {
    const whole = wholeValue(scan, value);
    judge(scan, whole.start, whole.end, isText);
    return;
  }
  const stop = isText ? beforeQuote(bytes, from, end) : endOfBase64(bytes, from, end);
  const isMark = stop - from <= MAX_MARK && isBlockMark(bytes, from, stop);
  if (!isMark) judge(scan, from, stop, isText);
}

function beforeQuote(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== QUOTE) at++;
  return at;
}

/** Where the value begins of the member whose name stands at `at`, with or without quotes. */
function keyAt(scan: TextScan, at: number): number | undefined {
  const { bytes, to } = scan;
  const quote = afterBackslashes(bytes, at, to);
  const isQuoted = bytes[quote] === QUOTE || bytes[quote] === APOSTROPHE;
  const start = isQuoted ? quote + 1 : at;
  const end = runEnd(bytes, start, to, NAME_BYTE);
  const colon = afterBlanks(scan, isQuoted ? afterQuote(scan, end) : end);
  return end > start && colon < to && bytes[colon] === COLON ? afterBlanks(scan, colon + 1) : undefined;
}

function judge(scan: TextScan, start: number, end: number, isText: boolean): void {
  const { bytes } = scan;
  if (start >= end) return;
  const isOpen = scan.isCutAt(end) && isBase64So(bytes, start, end);
  if (isText ? !isHarmlessValue(bytes, start, end) : isOpen || isSecretData(bytes, start, end)) {
    scan.addAside(start, end, RULE, 'secret', isText || isOpen ? 'text' : 'base64');
  } else if (!isText && isCanonicalBase64(bytes.subarray(start, end))) scan.addIfSecret(start, end, RULE, 'secret');
}

/**
 * Whether a value below `data` shows by itself that it is a Secret's: base64 of a text, or, if it is not very short, of
 * anything, where it can be no word.
 */
export function isSecretData(bytes: Uint8Array, from: number, to: number): boolean {
  const value = bytes.subarray(from, to);
  if (value.length === 0 || !isCanonicalBase64(value)) return false;
  let seen = 0;
  for (const byte of value) seen |= byte === EQUALS ? PLUS_SLASH : (CLASSES[byte] as number);
  const isOpaque = (seen & LOWER) !== 0 && (seen & UPPER) !== 0 && (seen & (DIGIT | PLUS_SLASH)) !== 0;
  // `file` and `3600` are words and numbers: three bytes of base64 that look like one are not told apart.
  const isWord =
    value.length === 4 && ((seen & (UPPER | DIGIT | PLUS_SLASH)) === 0 || (seen & (UPPER | LOWER | PLUS_SLASH)) === 0);
  return (value.length >= MIN_OPAQUE && isOpaque) || (!isWord && isText(decodeBase64(value)));
}

/** Whether what is there of a value can be the beginning of base64. */
export function isBase64So(bytes: Uint8Array, from: number, to: number): boolean {
  return endOfBase64(bytes, from, to) === to;
}

function endOfBase64(bytes: Uint8Array, from: number, to: number): number {
  let at = runEnd(bytes, from, to, ALPHANUMERIC | PLUS_SLASH);
  while (at < to && bytes[at] === EQUALS) at++;
  return at;
}

function isText(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if ((byte < BLANK && byte !== LF && byte !== CR && byte !== 0x09) || byte === 0x7f) return false;
  }
  return bytes.every((byte) => byte < 0x80) || isUtf8(bytes);
}

const strict = new TextDecoder('utf-8', { fatal: true });

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** After white space, real or escaped, and commas. */
function afterSpace(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const next = isIn(bytes[at], SPACE) || bytes[at] === COMMA ? at + 1 : afterBreak(bytes, at, to);
    if (next < 0) break;
    at = next;
  }
  return at;
}

function runOf(bytes: Uint8Array, from: number, to: number, byte: number): number {
  let at = from;
  while (at < to && bytes[at] === byte) at++;
  return at;
}

/** Where a line ends, in a string as well, in which its break is escaped. */
function endOfLine(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== LF && bytes[at] !== CR) {
    if (bytes[at] !== BACKSLASH) at++;
    else if (afterBreak(bytes, at, to) >= 0) return at;
    else at = afterBackslashes(bytes, at, to);
  }
  return at;
}

/** After the line break at `at`, real or escaped; -1 if there is none. */
function afterBreak(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at] === LF) return at + 1;
  if (bytes[at] === CR && bytes[at + 1] === LF) return at + 2;
  const mark = afterBackslashes(bytes, at, to);
  return mark > at && mark < to && bytes[mark] === SMALL_N ? mark + 1 : -1;
}
