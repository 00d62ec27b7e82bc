// SPDX-License-Identifier: Apache-2.0

import { sextetOf } from './base64.ts';
import { BASE64_BYTE, CLASSES, DIGIT, DOT, isIn, LOWER, runEnd, runStart, TOKEN_BYTE } from './byte-class.ts';

/** Shorter runs hold no credential that is worth the false masks. */
export const MIN_RUN = 20;
/** Every run of this many bytes contains one of every sixteenth byte, so most of a text is never looked at. */
const STRIDE = 16;
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

/** Base64 of this many bytes is looked at to tell whether it is a text's. */
export const WINDOW = 16;
/** Of base64 that stand for three bytes. */
export const GROUP = 4;

/**
 * How many bytes after `start` base64 begins that decodes to text or to gzip: 0 to 3, since what stands before it may
 * look like base64 too. -1 if it decodes to neither.
 */
export function textShift(bytes: Uint8Array, start: number, end: number): number {
  for (let shift = 0; shift < GROUP; shift++) if (isGzipAt(bytes, start + shift, end)) return shift;
  return windowShift(bytes, start, end);
}

/**
 * How many bytes after `start` a window of base64 begins, or what there is of one, that decodes to text, but for one byte at
 * most: 0 to 3. -1 if there is none.
 */
export function windowShift(bytes: Uint8Array, start: number, end: number): number {
  const others = othersByShift(bytes, start, end);
  if (isOverOne(others)) return NOT_TEXT;
  for (let shift = 0; shift < GROUP; shift++) {
    if (((others >>> (8 * shift)) & 0xff) <= 1 && isTextWindow(bytes, start + shift, end)) return shift;
  }
  return NOT_TEXT;
}

/**
 * What a byte of base64 says, by its place behind the beginning of a window modulo 4: for each shift, eight bits with 1 if it
 * holds the highest bit of a byte that then is no ASCII.
 */
const HIGH_BITS = new Int32Array(GROUP * 256).map((_, index) => {
  const sextet = sextetOf(index & 255);
  const isHigh = [sextet >= 32, (sextet & 8) !== 0, (sextet & 2) !== 0, false];
  const place = index >> 8;
  return [0, 1, 2, 3].reduce((all, shift) => all | (isHigh[(place - shift) & 3] === true ? 1 << (8 * shift) : 0), 0);
});

/** At least so many bytes are no ASCII if base64 began 0, 1, 2 or 3 bytes after `start`: eight bits for each. */
function othersByShift(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(start + WINDOW, end - GROUP + 1);
  const half = Math.min(start + WINDOW / 2, limit);
  let others = 0;
  let at = start + GROUP - 1;
  for (; at < half; at++) others += HIGH_BITS[(((at - start) & 3) << 8) | (bytes[at] as number)] as number;
  if (isOverOne(others)) return others;
  for (; at < limit; at++) others += HIGH_BITS[(((at - start) & 3) << 8) | (bytes[at] as number)] as number;
  return others;
}

/** Whether each of four counts, of eight bits and below 128, is more than one. */
function isOverOne(counts: number): boolean {
  return ((counts + 0x7e7e7e7e) & 0x80808080) === (0x80808080 | 0);
}

/** Whether base64 at `start` decodes to text, but for one byte at most. */
function isTextWindow(bytes: Uint8Array, start: number, end: number): boolean {
  const limit = Math.min(end - GROUP + 1, start + WINDOW);
  let other = 0;
  for (let at = start; at < limit; at += GROUP) {
    other += othersIn(bytes, at);
    if (other > 1) return false;
  }
  return true;
}

/** Whether four bytes of base64 at `at` decode to text, but for one byte at most. */
export function isTextGroup(bytes: Uint8Array, at: number): boolean {
  return othersIn(bytes, at) <= 1;
}

/** How many of the three bytes that base64 at `at` stands for are no text. */
function othersIn(bytes: Uint8Array, at: number): number {
  const a = sextetOf(bytes[at] as number);
  const b = sextetOf(bytes[at + 1] as number);
  const c = sextetOf(bytes[at + 2] as number);
  const one = (a << 2) | (b >> 4);
  const two = ((b & 15) << 4) | (c >> 2);
  const three = ((c & 3) << 6) | sextetOf(bytes[at + 3] as number);
  return (IS_OTHER[one] as number) + (IS_OTHER[two] as number) + (IS_OTHER[three] as number);
}

/** `H4s` to `H4v`: base64 of what gzip begins with. @see RFC 1952 §2.3.1 */
function isGzipAt(bytes: Uint8Array, start: number, end: number): boolean {
  const third = bytes[start + 2] as number;
  return bytes[start] === 0x48 && bytes[start + 1] === 0x34 && third >= 0x73 && third <= 0x76 && start + GROUP <= end;
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
