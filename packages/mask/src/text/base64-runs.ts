// SPDX-License-Identifier: Apache-2.0

import { sextetOf } from './base64.ts';
import { BASE64_BYTE, CLASSES, isIn, runEnd, runStart } from './byte-class.ts';

/** Shorter runs hold no credential that is worth the false masks. */
export const MIN_RUN = 20;
/** Every run of this many bytes contains one of every sixteenth byte, so most of a text is never looked at. */
const STRIDE = 16;
const SAMPLE_BYTES = 12;
const ENOUGH_TEXT = 11;
const NOT_TEXT = -1;

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

function isTextAt(bytes: Uint8Array, start: number, end: number): boolean {
  const limit = Math.min(end, start + (SAMPLE_BYTES * 4) / 3);
  let group = 0;
  let bits = 0;
  let text = 0;
  let count = 0;
  let first = 0;
  for (let at = start; at < limit; at++) {
    group = ((group << 6) | sextetOf(bytes[at] as number)) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    const byte = (group >> bits) & 0xff;
    if (count === 0) first = byte;
    if (count === 1 && first === 0x1f && byte === 0x8b) return true;
    count++;
    if (isText(byte)) text++;
    else if (count - text > SAMPLE_BYTES - ENOUGH_TEXT && first !== 0x1f) return false;
  }
  return count > 0 && count - text <= SAMPLE_BYTES - ENOUGH_TEXT;
}

/** Printable ASCII and white space; NUL, since UTF-16 has one in each letter. */
function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0;
}

/**
 * Whether `[start, end)` is a bootstrap token's second half with the first before it: `[a-z0-9]{6}.[a-z0-9]{16}`.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#bootstrap-token-format
 */
export function bootstrapTokenStart(bytes: Uint8Array, from: number, start: number, end: number, to: number): number {
  const begin = start - 7;
  if (end - start !== 16 || begin < from || bytes[start - 1] !== 0x2e) return -1;
  if (begin > from && isIn(bytes[begin - 1], BASE64_BYTE | 32)) return -1;
  if (end < to && bytes[end] === 0x2e && isIn(bytes[end + 1], BASE64_BYTE)) return -1;
  let digits = 0;
  for (let at = begin; at < end; at++) {
    if (at === start - 1) continue;
    const classes = CLASSES[bytes[at] as number] as number;
    if ((classes & 5) === 0) return -1;
    if (at >= start && (classes & 4) !== 0) digits++;
  }
  return digits > 0 ? begin : -1;
}
