// SPDX-License-Identifier: Apache-2.0

import type { ByteSink } from './byte-sink.ts';
import { BACKSLASH, hexValue, QUOTE } from './bytes.ts';

const CONTROL_LETTERS = 'bfnrt';
const CONTROLS = [0x08, 0x0c, 0x0a, 0x0d, 0x09];

/** What the byte after a backslash stands for: a letter for a control, a mark for itself. */
const SIMPLE = new Uint8Array(256).map(
  (_, byte) => CONTROLS[CONTROL_LETTERS.indexOf(String.fromCharCode(byte))] ?? byte,
);

/**
 * The text of a JSON string's content (without quotes), as UTF-8. The content must be what a tokenizer let pass.
 * A lone surrogate becomes its three-byte form, which is no UTF-8: whoever reads the text as JSON again refuses it.
 */
export function unescapeJson(content: Uint8Array): Uint8Array {
  const text = new Uint8Array(content.length);
  let length = 0;
  let i = 0;
  while (i < content.length) {
    const byte = content[i] as number;
    if (byte !== BACKSLASH) {
      text[length++] = byte;
      i++;
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
  putJsonContent(sink, text, 0, text.length);
  sink.putByte(QUOTE);
}

/** Writes `text[from, to)` as it stands in a JSON string, between the quotes. */
export function putJsonContent(sink: ByteSink, text: Uint8Array, from: number, to: number): void {
  let plainFrom = from;
  for (let i = from; i < to; i++) {
    const byte = text[i] as number;
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) continue;
    sink.putRange(text, plainFrom, i);
    plainFrom = i + 1;
    putEscape(sink, byte);
  }
  sink.putRange(text, plainFrom, to);
}

function putEscape(sink: ByteSink, byte: number): void {
  sink.putByte(BACKSLASH);
  if (byte >= 0x20) sink.putByte(byte);
  else if (byte === 0x0a) sink.putByte(0x6e);
  else for (const digit of [0x75, 0x30, 0x30, hexDigit(byte >> 4), hexDigit(byte & 15)]) sink.putByte(digit);
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
