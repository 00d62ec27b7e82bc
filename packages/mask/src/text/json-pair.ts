// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { NAME_BYTE, runEnd, runStart, SPACE, standsAt } from './byte-class.ts';
import type { TextScan } from './text-scan.ts';

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const NAMES = ['name', 'key', 'Name', 'Key', 'envName'].map(utf8);
const VALUES = ['value', 'Value'].map(utf8);
/** How far from a name its value is looked for, and behind how many other members. */
const MAX_BYTES = 512;
const MAX_MEMBERS = 6;

export interface PairSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * The value of a pair in JSON, in a text and behind any number of backslashes: of `{"value":"x","type":"y","name":"PASSWORD"}`
 * the `x`, where `PASSWORD` begins at `start` and ends at `end`. Only scalars may stand between the two. `undefined` where the
 * name is none of a pair.
 */
export function pairedMember({ bytes, from, to }: TextScan, start: number, end: number): PairSpan | undefined {
  if (start <= from || bytes[start - 1] !== QUOTE) return undefined;
  const level = backslashesBefore(bytes, from, start - 1);
  const key = keyBefore(bytes, from, start - 1 - level);
  if (key === undefined || !NAMES.some((name) => isKey(bytes, key, name))) return undefined;
  return behind(bytes, end + level + 1, Math.min(to, end + MAX_BYTES), level) ?? before(bytes, from, key.start, level);
}

function isKey(bytes: Uint8Array, { start, end }: PairSpan, name: Uint8Array): boolean {
  return end - start === name.length && standsAt(bytes, start, end, name);
}

function backslashesBefore(bytes: Uint8Array, from: number, at: number): number {
  let begin = at;
  while (begin > from && bytes[begin - 1] === BACKSLASH) begin--;
  return at - begin;
}

/** The key whose value begins at `at`: its name, without quotes. */
function keyBefore(bytes: Uint8Array, from: number, at: number): PairSpan | undefined {
  const colon = runStart(bytes, from, at, SPACE) - 1;
  if (colon < from || bytes[colon] !== COLON) return undefined;
  const quote = runStart(bytes, from, colon, SPACE) - 1;
  if (quote < from || bytes[quote] !== QUOTE) return undefined;
  const end = quote - backslashesBefore(bytes, from, quote);
  return { start: runStart(bytes, from, end, NAME_BYTE), end };
}

/** Goes on from the end of a member's value. */
function behind(bytes: Uint8Array, from: number, to: number, level: number): PairSpan | undefined {
  let at = from;
  for (let member = 0; member < MAX_MEMBERS; member++) {
    at = runEnd(bytes, at, to, SPACE);
    if (at >= to || bytes[at] !== COMMA) return undefined;
    const key = runEnd(bytes, at + 1, to, SPACE) + level + 1;
    if (bytes[key - 1] !== QUOTE) return undefined;
    const keyEnd = runEnd(bytes, key, to, NAME_BYTE);
    const colon = runEnd(bytes, keyEnd + level + 1, to, SPACE);
    if (keyEnd >= to || bytes[colon] !== COLON) return undefined;
    const begin = runEnd(bytes, colon + 1, to, SPACE);
    const value = valueFrom(bytes, begin, to, level);
    if (value === undefined) return undefined;
    if (VALUES.some((name) => isKey(bytes, { start: key, end: keyEnd }, name))) return value.span;
    at = value.next;
  }
  return undefined;
}

/** The scalar at a place, and what stands behind it. A value that is too long for `to` is taken as far as that. */
function valueFrom(bytes: Uint8Array, begin: number, to: number, level: number) {
  const start = begin + level + 1;
  if (start > to) return undefined;
  if (bytes[start - 1] !== QUOTE) {
    const end = runEnd(bytes, begin, to, NAME_BYTE);
    return end > begin ? { span: { start: begin, end }, next: end } : undefined;
  }
  for (let at = start; at < to; at++) {
    if (bytes[at] !== QUOTE || backslashesBefore(bytes, start, at) % ((level + 1) * 2) !== level) continue;
    return { span: { start, end: at - level }, next: at + 1 };
  }
  return { span: { start, end: to }, next: to };
}

/** Goes back from the key of a member. */
function before(bytes: Uint8Array, from: number, keyStart: number, level: number): PairSpan | undefined {
  const limit = Math.max(from, keyStart - MAX_BYTES);
  let at = keyStart - level - 1;
  for (let member = 0; member < MAX_MEMBERS; member++) {
    const end = runStart(bytes, limit, at, SPACE) - 1;
    if (end <= limit || bytes[end] !== COMMA) return undefined;
    const value = valueBefore(bytes, limit, runStart(bytes, limit, end, SPACE), level);
    if (value === undefined) return undefined;
    if (VALUES.some((name) => isKey(bytes, value.key, name))) return value.span;
    at = value.key.start - level - 1;
  }
  return undefined;
}

/** The scalar that ends before `end`, and its key: a string begins with the quote that a key stands before. */
function valueBefore(bytes: Uint8Array, limit: number, end: number, level: number) {
  if (bytes[end - 1] !== QUOTE) {
    const start = runStart(bytes, limit, end, NAME_BYTE);
    const key = keyBefore(bytes, limit, start);
    return key === undefined ? undefined : { span: { start, end }, key };
  }
  const stop = end - 1 - level;
  for (let at = stop - 1; at > limit; at--) {
    if (bytes[at] !== QUOTE || backslashesBefore(bytes, limit, at) !== level) continue;
    const key = keyBefore(bytes, limit, at - level);
    if (key !== undefined) return { span: { start: at + 1, end: stop }, key };
  }
  return undefined;
}
