// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';

const ALPHABET = utf8('abcdefghijklmnopqrstuvwxyz234567');

/** Lower-case base32 text (RFC 4648 §6, unpadded) of some bytes. */
export function encodeBase32(bytes: Uint8Array): Uint8Array {
  const text = new Uint8Array(Math.ceil((bytes.length * 8) / 5));
  let out = 0;
  let group = 0;
  let bits = 0;
  for (const byte of bytes) {
    group = ((group << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text[out++] = ALPHABET[(group >> bits) & 31] as number;
    }
  }
  if (bits > 0) text[out] = ALPHABET[(group << (5 - bits)) & 31] as number;
  return text;
}
