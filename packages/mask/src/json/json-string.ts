// SPDX-License-Identifier: Apache-2.0

import type { ByteSink } from './byte-sink.ts';
import { BACKSLASH, copyRange, hexValue, QUOTE } from './bytes.ts';

const SIMPLE: Readonly<Record<number, number>> = {
  34: 0x22,
  92: 0x5c,
  47: 0x2f,
  98: 0x08,
  102: 0x0c,
  110: 0x0a,
  114: 0x0d,
  116: 0x09,
};

/**
 * The text of a JSON string's content (without quotes), as UTF-8. The content must be what a tokenizer let pass.
 * A lone surrogate becomes its three-byte form, which is no UTF-8: whoever reads the text as JSON again refuses it.
 */
export function unescapeJson(content: Uint8Array): Uint8Array {
  const text = new Uint8Array(content.length);
  let length = 0;
  let i = 0;
  while (i < content.length) {
    if (content[i] !== BACKSLASH) {
      const end = endOfRun(content, i);
      copyRange(content, i, end, text, length);
      length += end - i;
      i = end;
    } else if (content[i + 1] !== 0x75) {
      text[length++] = SIMPLE[content[i + 1] as number] as number;
      i += 2;
    } else {
      const point = codePoint(content, i);
      length = putCodePoint(text, length, point);
      i += point >= 0x10000 ? 12 : 6;
    }
  }
  return text.subarray(0, length);
}

/** Writes a text (UTF-8) as a JSON string, quotes included. */
export function putJsonString(sink: ByteSink, text: Uint8Array): void {
  sink.putByte(QUOTE);
  let plainFrom = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i] as number;
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) continue;
    sink.putRange(text, plainFrom, i);
    plainFrom = i + 1;
    putEscape(sink, byte);
  }
  sink.putRange(text, plainFrom, text.length);
  sink.putByte(QUOTE);
}

function putEscape(sink: ByteSink, byte: number): void {
  sink.putByte(BACKSLASH);
  if (byte >= 0x20) sink.putByte(byte);
  else if (byte === 0x0a) sink.putByte(0x6e);
  else for (const digit of [0x75, 0x30, 0x30, hexDigit(byte >> 4), hexDigit(byte & 15)]) sink.putByte(digit);
}

function endOfRun(content: Uint8Array, from: number): number {
  let i = from;
  while (i < content.length && content[i] !== BACKSLASH) i++;
  return i;
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** The code point of the `\uXXXX` at `at`, or of it and the one that follows if they are a surrogate pair. */
function codePoint(content: Uint8Array, at: number): number {
  const unit = codeUnit(content, at + 2);
  const paired = unit >= 0xd800 && unit <= 0xdbff && content[at + 6] === BACKSLASH && content[at + 7] === 0x75;
  const low = paired ? codeUnit(content, at + 8) : 0;
  return low >= 0xdc00 && low <= 0xdfff ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : unit;
}

function codeUnit(content: Uint8Array, at: number): number {
  let unit = 0;
  for (let i = at; i < at + 4; i++) unit = unit * 16 + hexValue(content[i] as number);
  return unit;
}

function putCodePoint(text: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    text[at] = point;
    return at + 1;
  }
  const following = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  const mark = following === 1 ? 0xc0 : following === 2 ? 0xe0 : 0xf0;
  text[at] = mark | (point >> (6 * following));
  for (let i = 1; i <= following; i++) text[at + i] = 0x80 | ((point >> (6 * (following - i))) & 63);
  return at + following + 1;
}
