// SPDX-License-Identifier: Apache-2.0

import { sextetOf } from './base64.ts';
import { BASE64_BYTE, CLASSES, DIGIT, DOT, isIn, LOWER, runEnd, runStart, TOKEN_BYTE } from './byte-class.ts';

/** Shorter runs hold no credential that is worth the false masks. */
export const MIN_RUN = 20;
/** Every run of this many bytes contains one of every sixteenth byte, so most of a text is never looked at. */
const STRIDE = 16;
const SAMPLE = 16;
const NOT_TEXT = -1;
const DOT_BYTE = 0x2e;

/** 1 for what is neither printable ASCII nor white space; not for NUL, since UTF-16 has one in each letter. */
const IS_OTHER = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 0x20 && byte < 0x7f) || [0x0a, 0x0d, 0x09, 0].includes(byte) ? 0 : 1,
);

/** Where the next run of at least 16 bytes of base64 (of either alphabet) begins at or after `from`; -1 if none does. */
export function nextRun(bytes: Uint8Array, from: number, to: number): number {
  for (let probe = from + STRIDE - 1; probe < to; probe += STRIDE) {
    if (((CLASSES[bytes[probe] as number] as number) & BASE64_BYTE) === 0) continue;
    const start = runStart(bytes, Math.max(from, probe - STRIDE), probe, BASE64_BYTE);
    const end = runEnd(bytes, probe, Math.min(to, start + STRIDE), BASE64_BYTE);
    if (end - start >= STRIDE) return start;
  }
  return -1;
}

/**
 * How many bytes after `start` base64 begins that decodes to text or to gzip: 0 to 3, since what stands before it may
 * look like base64 too. -1 if it decodes to neither.
 */
export function textShift(bytes: Uint8Array, start: number, end: number): number {
  for (let shift = 0; shift < 4; shift++) if (isTextAt(bytes, start + shift, end)) return shift;
  return NOT_TEXT;
}

/** Looks at the first twelve bytes, of which one may be no text. */
function isTextAt(bytes: Uint8Array, start: number, end: number): boolean {
  const limit = Math.min(end - 3, start + SAMPLE);
  let other = 0;
  for (let at = start; at < limit; at += 4) {
    const a = sextetOf(bytes[at] as number);
    const b = sextetOf(bytes[at + 1] as number);
    const c = sextetOf(bytes[at + 2] as number);
    const one = (a << 2) | (b >> 4);
    const two = ((b & 15) << 4) | (c >> 2);
    if (at === start && one === 0x1f && two === 0x8b) return true;
    const three = ((c & 3) << 6) | sextetOf(bytes[at + 3] as number);
    other += (IS_OTHER[one] as number) + (IS_OTHER[two] as number) + (IS_OTHER[three] as number);
    if (other > 1) return false;
  }
  return true;
}

/** Length of the second half of a bootstrap token. */
export const BOOTSTRAP_SECRET = 16;
const BOOTSTRAP_ID = 6;

/**
 * Where the bootstrap token begins whose second half begins at `start`: `[a-z0-9]{6}.[a-z0-9]{16}`; -1 if none does.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#bootstrap-token-format
 */
export function bootstrapTokenStart(bytes: Uint8Array, from: number, start: number, to: number): number {
  const begin = start - BOOTSTRAP_ID - 1;
  const end = start + BOOTSTRAP_SECRET;
  if (begin < from || bytes[start - 1] !== DOT_BYTE || end > to) return -1;
  if (runEnd(bytes, begin, to, LOWER | DIGIT) !== start - 1 || runEnd(bytes, start, to, LOWER | DIGIT) !== end)
    return -1;
  if (begin > from && isIn(bytes[begin - 1], TOKEN_BYTE | DOT)) return -1;
  const after = end < to && bytes[end] === DOT_BYTE ? end + 1 : end;
  if (after < to && isIn(bytes[after], TOKEN_BYTE)) return -1;
  for (let at = start; at < end; at++) if (isIn(bytes[at], DIGIT)) return begin;
  return -1;
}

/**
 * Where the bootstrap token begins that a text may break off in at `to`: some of its second half is there, and a digit in
 * that. -1 if none does.
 */
export function openBootstrapTokenStart(bytes: Uint8Array, from: number, to: number): number {
  const start = runStart(bytes, Math.max(from, to - BOOTSTRAP_SECRET), to, LOWER | DIGIT);
  const begin = start - BOOTSTRAP_ID - 1;
  if (start === to || begin < from || bytes[start - 1] !== DOT_BYTE) return -1;
  if (runEnd(bytes, begin, to, LOWER | DIGIT) !== start - 1) return -1;
  if (begin > from && isIn(bytes[begin - 1], TOKEN_BYTE | DOT)) return -1;
  let seen = 0;
  for (let at = start; at < to; at++) seen |= CLASSES[bytes[at] as number] as number;
  const isNumber = seen === DIGIT && runEnd(bytes, begin, start, DIGIT) === start - 1;
  return (seen & DIGIT) !== 0 && !isNumber ? begin : -1;
}
