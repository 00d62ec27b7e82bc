// SPDX-License-Identifier: Apache-2.0
import { hexValue } from '../json/bytes.ts';
import type { Anchor, TextScan } from './text-scan.ts';

const ESC = 0x1b;
const BEL = 0x07;
const BACKSPACE = 0x08;
const CR = 0x0d;
const LF = 0x0a;
const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const SLASH = 0x2f;
const MAX_SEQUENCE = 256;

/** What shows that a text reads otherwise once its escapes are undone. */
export const escapeAnchors: readonly Anchor[] = [
  ...['\u001b', '\b', '\0', '\\u00', '\\/'].map((word) => ({ word, verify: noteEscapes })),
  codeAnchor('\\x', 2),
  ...['%2', '%3', '%4', '%5', '%6', '%7'].map((word) => codeAnchor(word, 1)),
  {
    word: '\r',
    verify: (scan, start, end) => end < scan.to && scan.bytes[end] !== LF && noteEscapes(scan, start, end),
  },
];

/** The code of a byte, of which so many hexadecimal digits follow the word. */
function codeAnchor(word: string, digits: number): Anchor {
  const mayStand = (bytes: Uint8Array, end: number, to: number) =>
    end + digits <= to && isPrintable(hexByte(bytes, end + digits));
  return { word, mayStand, verify: noteEscapes };
}

function noteEscapes(scan: TextScan, _start: number, _end: number): boolean {
  scan.hasEscapes = true;
  return false;
}

/**
 * A text as it reads without terminal control sequences, and with `\u0041`, `\x41`, `\/` and `%41` as the ASCII that
 * they stand for, also behind further backslashes; and for each byte what it was made of. What was percent-encoded more
 * than once (`%2541`) is undone once, or, in a last reading, to the end.
 */
export class PlainReading {
  readonly bytes: Uint8Array;
  readonly #source: Uint8Array;
  readonly #to: number;
  #at: number;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  #length = 0;
  /** No control string ends before this, so that none is looked for twice. */
  #noEndBefore = 0;
  /** No escape begins before this, so that a run of backslashes is read once. */
  #noEscapeBefore = 0;
  readonly #isLast: boolean;

  constructor(source: Uint8Array, from: number, to: number, isLast: boolean) {
    this.#isLast = isLast;
    this.bytes = new Uint8Array(to - from);
    this.#starts = new Uint32Array(to - from);
    this.#ends = new Uint32Array(to - from);
    this.#source = source;
    this.#at = from;
    this.#to = to;
  }

  /** Reads on, to `until` at least; false when all is read. */
  readTo(until: number): boolean {
    const limit = Math.min(until, this.#to);
    while (this.#at < limit) this.#at = this.#read(this.#source, this.#at, this.#to);
    return this.#at < this.#to;
  }

  get length(): number {
    return this.#length;
  }

  /** Where in the source a span of the reading begins. */
  startOf(at: number): number {
    return this.#starts[at] as number;
  }

  /** Where in the source a span that ends before `at` ends. */
  endOf(at: number): number {
    return this.#ends[at - 1] as number;
  }

  /** Takes what stands at `at`; gives where to go on. */
  #read(source: Uint8Array, at: number, to: number): number {
    const byte = source[at] as number;
    if (byte === ESC) return this.#afterSequence(source, at, to);
    if (byte === 0 || byte === CR) return at + 1;
    if (byte === BACKSPACE) {
      if (this.#length > 0) this.#length--;
      return at + 1;
    }
    if (byte === PERCENT) return this.#readPercent(source, at, to);
    const end = byte === BACKSLASH ? this.#afterEscape(source, at, to) : at;
    if (end === at) return this.#put(byte, at, at + 1);
    return this.#put(source[end - 1] === SLASH ? SLASH : hexByte(source, end), at, end);
  }

  #readPercent(source: Uint8Array, at: number, to: number): number {
    let mark = at;
    if (this.#isLast) while (mark + 3 <= to && source[mark + 1] === 0x32 && source[mark + 2] === 0x35) mark += 2;
    const isCode = mark + 3 <= to && isPrintable(hexByte(source, mark + 3));
    return isCode ? this.#put(hexByte(source, mark + 3), at, mark + 3) : this.#put(PERCENT, at, mark + 1);
  }

  /** After `\u0041`, `\x41` or `\/`, each behind any number of further backslashes; `at` if none of them stands here. */
  #afterEscape(source: Uint8Array, at: number, to: number): number {
    if (at < this.#noEscapeBefore) return at;
    let mark = at;
    while (mark < to && source[mark] === BACKSLASH) mark++;
    const end = endOfEscape(source, mark, to);
    if (end < 0) this.#noEscapeBefore = mark;
    return end < 0 ? at : end;
  }

  /** After CSI, OSC, DCS and the other sequences of ECMA-48; one that is too long loses its ESC alone. */
  #afterSequence(source: Uint8Array, at: number, to: number): number {
    const kind = source[at + 1];
    if (kind === 0x5b) return afterControl(source, at, to);
    const isString = kind === 0x5d || kind === 0x50 || kind === 0x5e || kind === 0x5f;
    return isString ? this.#afterString(source, at, to) : Math.min(to, at + 2);
  }

  #afterString(source: Uint8Array, at: number, to: number): number {
    const limit = Math.min(to, at + MAX_SEQUENCE);
    let end = Math.max(at + 2, this.#noEndBefore);
    while (end < limit && source[end] !== BEL && !(source[end] === ESC && source[end + 1] === BACKSLASH)) end++;
    this.#noEndBefore = end;
    if (end >= limit) return at + 1;
    return source[end] === BEL ? end + 1 : Math.min(to, end + 2);
  }

  #put(byte: number, start: number, end: number): number {
    this.bytes[this.#length] = byte;
    this.#starts[this.#length] = start;
    this.#ends[this.#length] = end;
    this.#length++;
    return end;
  }
}

/** After CSI. One that the text breaks off in is taken whole. */
function afterControl(source: Uint8Array, at: number, to: number): number {
  const limit = Math.min(to, at + MAX_SEQUENCE);
  let end = at + 2;
  while (end < limit && (source[end] as number) >= 0x20 && (source[end] as number) < 0x40) end++;
  if (end >= to) return to;
  return end < limit ? end + 1 : at + 1;
}

/** After what stands behind the backslashes of an escape, as from `mark` on; -1 if it is none. */
function endOfEscape(source: Uint8Array, mark: number, to: number): number {
  const kind = source[mark];
  if (mark >= to) return -1;
  if (kind === SLASH) return mark + 1;
  const end = mark + (kind === 0x75 ? 5 : 3);
  if ((kind !== 0x75 && kind !== 0x78) || end > to) return -1;
  const isLow = kind === 0x78 || (source[mark + 1] === 0x30 && source[mark + 2] === 0x30);
  return isLow && isPrintable(hexByte(source, end)) ? end : -1;
}

/** The value of the two hexadecimal digits before `end`; negative if they are none. */
function hexByte(source: Uint8Array, end: number): number {
  const high = hexValue(source[end - 2] as number);
  const low = hexValue(source[end - 1] as number);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}
