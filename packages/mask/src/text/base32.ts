// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';

const ALPHABET = utf8('abcdefghijklmnopqrstuvwxyz234567');

/** How many characters so many bytes take. */
export function base32Length(byteCount: number): number {
  return Math.ceil((byteCount * 8) / 5);
}

/** Writes lower-case base32 text (RFC 4648 §6, unpadded) of the first `byteCount` bytes to `text`, beginning at `at`. */
export function putBase32(bytes: Uint8Array, byteCount: number, text: Uint8Array, at: number): void {
  let out = at;
  let group = 0;
  let bits = 0;
  for (let index = 0; index < byteCount; index++) {
    group = ((group << 8) | (bytes[index] as number)) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text[out++] = ALPHABET[(group >> bits) & 31] as number;
    }
  }
  if (bits > 0) text[out] = ALPHABET[(group << (5 - bits)) & 31] as number;
}
