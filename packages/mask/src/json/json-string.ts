// SPDX-License-Identifier: Apache-2.0
import { BACKSLASH, hexValue, QUOTE } from './bytes.ts';

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
    const byte = content[i] as number;
    if (byte !== BACKSLASH) {
      text[length++] = byte;
      i++;
      continue;
    }
    const kind = content[i + 1] as number;
    if (kind !== 0x75) {
      text[length++] = SIMPLE[kind] as number;
      i += 2;
      continue;
    }
    let point = codeUnit(content, i + 2);
    i += 6;
    const low =
      isHighSurrogate(point) && content[i] === BACKSLASH && content[i + 1] === 0x75 ? codeUnit(content, i + 2) : 0;
    if (low >= 0xdc00 && low <= 0xdfff) {
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
      i += 6;
    }
    length = putCodePoint(text, length, point);
  }
  return text.subarray(0, length);
}

/** A JSON string's content (without quotes) for a text in UTF-8. */
export function escapeJson(text: Uint8Array): Uint8Array {
  let extra = 0;
  for (const byte of text)
    if (byte < 0x20) extra += 5;
    else if (byte === QUOTE || byte === BACKSLASH) extra++;
  if (extra === 0) return text;
  const content = new Uint8Array(text.length + extra);
  let length = 0;
  for (const byte of text) {
    if (byte < 0x20) {
      content.set([BACKSLASH, 0x75, 0x30, 0x30, 0x30 + (byte >> 4), hexDigit(byte & 15)], length);
      length += 6;
    } else {
      if (byte === QUOTE || byte === BACKSLASH) content[length++] = BACKSLASH;
      content[length++] = byte;
    }
  }
  return content;
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

function codeUnit(content: Uint8Array, at: number): number {
  let unit = 0;
  for (let i = at; i < at + 4; i++) unit = unit * 16 + hexValue(content[i] as number);
  return unit;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function putCodePoint(text: Uint8Array, at: number, point: number): number {
  let length = at;
  if (point < 0x80) text[length++] = point;
  else if (point < 0x800) {
    text[length++] = 0xc0 | (point >> 6);
    text[length++] = 0x80 | (point & 63);
  } else if (point < 0x10000) {
    text[length++] = 0xe0 | (point >> 12);
    text[length++] = 0x80 | ((point >> 6) & 63);
    text[length++] = 0x80 | (point & 63);
  } else {
    text[length++] = 0xf0 | (point >> 18);
    text[length++] = 0x80 | ((point >> 12) & 63);
    text[length++] = 0x80 | ((point >> 6) & 63);
    text[length++] = 0x80 | (point & 63);
  }
  return length;
}
