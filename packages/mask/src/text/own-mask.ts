// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { TOKEN_PREFIX } from '../token/token.ts';
import { decodeBase64 } from './base64.ts';
import { DIGIT, isIn, LOWER, runEnd, standsAt } from './byte-class.ts';

const PREFIX = utf8(TOKEN_PREFIX);
/** What base64 of every mask begins with. */
const BASE64_PREFIX = utf8('bWFza2VkLXYxL');
const MAC_CHARACTERS = 26;
const MAX_MASK = 64;

/** Whether `bytes[from, to)` is a mask of ours and nothing else, as text or as base64: it is left alone. */
export function isOwnMask(bytes: Uint8Array, from: number, to: number): boolean {
  if (isMaskText(bytes, from, to)) return true;
  if (to - from > MAX_MASK * 2 || !standsAt(bytes, from, to, BASE64_PREFIX)) return false;
  const decoded = decodeBase64(bytes.subarray(from, to));
  return isMaskText(decoded, 0, decoded.length);
}

function isMaskText(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > MAX_MASK || !standsAt(bytes, from, to, PREFIX)) return false;
  const classEnd = runEnd(bytes, from + PREFIX.length, to, LOWER);
  if (bytes[classEnd] !== 0x2d || to - classEnd - 1 !== MAC_CHARACTERS) return false;
  for (let at = classEnd + 1; at < to; at++) if (!isIn(bytes[at], LOWER | DIGIT)) return false;
  return true;
}
