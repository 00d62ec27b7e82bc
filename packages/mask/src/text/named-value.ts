// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { decodeBase64, isCanonicalBase64 } from './base64.ts';
import { CLASSES, DIGIT, isIn, NAME_BYTE, runEnd, runStart, SPACE, standsAt } from './byte-class.ts';
import { isCount, isHarmlessValue, isSentenceWord, looksLikeObjectName } from './harmless-value.ts';
import { isUserAndPassword } from './header-value.ts';
import { isPasswordName, isSecretName } from './secret-name.ts';
import type { HitForm } from './text-hit.ts';
import type { Anchor, TextScan } from './text-scan.ts';
import { afterQuote, type NamedValue, valueAfter, valueAt } from './value-reader.ts';

const MAX_NAME = 64;
const MAX_GAP = 48;
const MIN_BASE64 = 8;
const RULE = 'named-value';
const VALUE = utf8('value');
const DASH = 0x2d;
const LESS = 0x3c;
const GREATER = 0x3e;
const BACKSLASH = 0x5c;
const OPENERS = [0x7b, 0x28];

/** Pieces of names that say that a value is secret; `isSecretName` judges the whole name. */
export const nameAnchors: readonly Anchor[] = [
  ...['pass', 'pwd', 'pw=', 'pw:', 'pw"', 'psk', 'secret', 'token', 'key', 'credential', 'sessid', 'sessionid'].map(
    (word) => ({ word, verify: verifyName }),
  ),
  { word: 'auth', verify: verifyAuth },
  { word: 'sig=', verify: verifySignature },
  { word: 'signature=', verify: verifySignature },
];

interface Name {
  readonly start: number;
  readonly end: number;
}

function nameAround({ bytes, settled, to }: TextScan, at: number): Name {
  const start = runStart(bytes, Math.max(settled, at - MAX_NAME), at, NAME_BYTE);
  const end = runEnd(bytes, at, Math.min(to, at + MAX_NAME), NAME_BYTE);
  const isEscape = bytes[start - 1] === BACKSLASH && start > settled && start < at;
  return { start: isEscape ? start + 1 : start, end };
}

/** `PASSWORD=x`, `"api_key": "x"`, `--token x`, `<secret>x</secret>`, `name: API_TOKEN` and then `value: x`. */
function verifyName(scan: TextScan, at: number): boolean {
  const name = nameAround(scan, at);
  const value =
    valueAfter(scan, name.end) ?? elementValue(scan, name) ?? pairedValue(scan, name) ?? flagValue(scan, name);
  if (value === undefined || !isSecretName(scan.bytes, name.start, name.end)) return false;
  return isValue(scan, name, value) && scan.add(value.start, value.end, RULE, 'password', formOf(scan, name, value));
}

/** `<password>x</password>`. */
function elementValue(scan: TextScan, { start, end }: Name): NamedValue | undefined {
  const { bytes, to } = scan;
  if (bytes[end] !== GREATER || bytes[start - 1] !== LESS || start <= scan.from) return undefined;
  let stop = end + 1;
  while (stop < to && bytes[stop] !== LESS) stop++;
  return { start: end + 1, end: stop, isQuoted: true, isProse: false };
}

/** A name that is itself a value: `"name":"API_TOKEN","value":"x"`, also over two lines of YAML, also in XML. */
function pairedValue(scan: TextScan, { end }: Name): NamedValue | undefined {
  const { bytes, to } = scan;
  let at = afterQuote(scan, end);
  const limit = Math.min(to, at + MAX_GAP);
  while (
    at < limit &&
    (isIn(bytes[at], SPACE) || bytes[at] === 0x2c || bytes[at] === BACKSLASH || bytes[at] === 0x22)
  ) {
    at += bytes[at] === BACKSLASH && bytes[at + 1] === 0x6e ? 2 : 1;
  }
  const isValueKey = at > end && (standsAt(bytes, at, to, VALUE) || standsAt(bytes, at, to, utf8('Value')));
  return isValueKey ? valueAfter(scan, at + VALUE.length) : undefined;
}

/** `--token x`. */
function flagValue(scan: TextScan, { start, end }: Name): NamedValue | undefined {
  const { bytes, to } = scan;
  if (bytes[start] !== DASH || bytes[end] !== 0x20 || end + 1 >= to || bytes[end + 1] === DASH) return undefined;
  const value = valueAt(scan, end + 1);
  return { ...value, isProse: !value.isQuoted };
}

function isValue(scan: TextScan, name: Name, { start, end, isQuoted, isProse }: NamedValue): boolean {
  const { bytes } = scan;
  if (isHarmlessValue(bytes, start, end)) return false;
  if (!isQuoted && OPENERS.includes(bytes[start] as number) && bytes[start + 1] !== bytes[start]) return false;
  const isPassword = isPasswordName(bytes, name.start, name.end);
  if (!isPassword && isCount(bytes, start, end)) return false;
  if (!isProse || scan.isStrict) return true;
  return !isSentenceWord(bytes, start, end, isPassword) && (isPassword || !looksLikeObjectName(bytes, start, end));
}

/** Base64 stays base64, and a number in JSON becomes a string. */
function formOf({ bytes }: TextScan, name: Name, { start, end, isQuoted }: NamedValue): HitForm {
  const isNumber = !isQuoted && ((CLASSES[bytes[start] as number] as number) & DIGIT) !== 0;
  if (bytes[name.end] === 0x22 && !isQuoted && (isNumber || bytes[start] === DASH)) return 'json';
  const value = bytes.subarray(start, end);
  return value.length >= MIN_BASE64 && isCanonicalBase64(value) && isPrintable(decodeBase64(value)) ? 'base64' : 'text';
}

function isPrintable(bytes: Uint8Array): boolean {
  return bytes.every((byte) => (byte >= 0x20 && byte !== 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

/** `auth` of a Docker configuration and of npm's: base64 of a user and a password. */
function verifyAuth(scan: TextScan, at: number): boolean {
  const { bytes } = scan;
  const name = nameAround(scan, at);
  const length = name.end - name.start;
  if (length !== 4 && !(length === 5 && bytes[name.start] === 0x5f)) return false;
  const value = valueAfter(scan, name.end);
  if (value === undefined || !(scan.isCutAt(value.end) || isUserAndPassword(bytes.subarray(value.start, value.end)))) {
    return false;
  }
  return scan.add(value.start, value.end, RULE, 'password', 'base64');
}

/** Signatures of signed URLs: whoever has one can do what it signs. */
function verifySignature(scan: TextScan, start: number, end: number): boolean {
  const { bytes } = scan;
  const begin = runStart(bytes, Math.max(scan.settled, start - MAX_NAME), start, NAME_BYTE);
  const before = bytes[begin - 1];
  if (begin <= scan.from || (before !== 0x3f && before !== 0x26)) return false;
  const { end: stop } = valueAt(scan, end);
  return stop - end >= 16 && scan.add(end, stop, 'signed-url', 'url');
}
