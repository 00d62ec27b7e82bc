// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';

const ALPHABET = utf8('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PAD = 0x3d;
const NONE = 255;

/** Sextet of each byte in the standard and the URL alphabet; 255 for any other. */
const SEXTET = sextets();

/** 1 for the bytes of the standard alphabet alone. */
const STANDARD = new Uint8Array(256).map((_, byte) => (ALPHABET.includes(byte) ? 1 : 0));

function sextets(): Uint8Array {
  const table = new Uint8Array(256).fill(NONE);
  for (let value = 0; value < 64; value++) table[ALPHABET[value] as number] = value;
  table[0x2d] = 62;
  table[0x5f] = 63;
  return table;
}

/** The six bits that a byte of base64 or base64url stands for; 255 for any other byte. */
export function sextetOf(byte: number): number {
  return SEXTET[byte] as number;
}

/** Base64 text (RFC 4648 §4, padded) of some bytes. */
export function encodeBase64(bytes: Uint8Array): Uint8Array {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let out = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text[out++] = ALPHABET[group >> 18] as number;
    text[out++] = ALPHABET[(group >> 12) & 63] as number;
    text[out++] = left > 1 ? (ALPHABET[(group >> 6) & 63] as number) : PAD;
    text[out++] = left > 2 ? (ALPHABET[group & 63] as number) : PAD;
  }
  return text;
}

/** The bytes of a base64 or base64url text, padded or not; stops at the first byte that belongs to neither. */
export function decodeBase64(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let length = 0;
  let at = 0;
  for (; at + 4 <= text.length; at += 4) {
    const a = SEXTET[text[at] as number] as number;
    const b = SEXTET[text[at + 1] as number] as number;
    const c = SEXTET[text[at + 2] as number] as number;
    const d = SEXTET[text[at + 3] as number] as number;
    if ((a | b | c | d) >= 64) break;
    bytes[length++] = (a << 2) | (b >> 4);
    bytes[length++] = ((b & 15) << 4) | (c >> 2);
    bytes[length++] = ((c & 3) << 6) | d;
  }
  let group = 0;
  let bits = 0;
  for (; at < text.length; at++) {
    const value = SEXTET[text[at] as number] as number;
    if (value === NONE) break;
    group = ((group << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (group >> bits) & 0xff;
    }
  }
  return bytes.subarray(0, length);
}

/** Whether a text is what `encodeBase64` would have written for some bytes: one spelling for each value. */
export function isCanonicalBase64(text: Uint8Array): boolean {
  let end = text.length;
  if (end % 4 !== 0) return false;
  if (end === 0) return true;
  const pads = text[end - 1] !== PAD ? 0 : text[end - 2] !== PAD ? 1 : 2;
  end -= pads;
  for (let i = 0; i < end; i++) if (STANDARD[text[i] as number] !== 1) return false;
  const last = SEXTET[text[end - 1] as number] as number;
  return pads === 0 || (last & (pads === 1 ? 3 : 15)) === 0;
}
