// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { decodeBase64, isCanonicalBase64 } from './base64.ts';
import { CLASSES, DIGIT, isIn, LETTER, NAME_BYTE, runEnd, runStart, SPACE, standsAt } from './byte-class.ts';
import {
  isCount,
  isHarmlessValue,
  isInSize,
  isSentenceWord,
  isWayToLogIn,
  looksLikeObjectName,
} from './harmless-value.ts';
import { isUserAndPassword } from './header-value.ts';
import { pairedMember } from './json-pair.ts';
import { isAuthFlag, isPasswordName, isSecretName } from './secret-name.ts';
import type { HitForm } from './text-hit.ts';
import type { Anchor, TextScan } from './text-scan.ts';
import { afterQuote, type NamedValue, placeAfter, type ValuePlace, valueAt, wholeValue } from './value-reader.ts';

const MAX_NAME = 64;
const MAX_GAP = 48;
const MAX_AUTH = 256;
const MIN_BASE64 = 8;
const RULE = 'named-value';
const VALUES = ['value', 'Value'].map(utf8);
const VALUE_LENGTH = 5;
const CLOSING = utf8('</');
const DASH = 0x2d;
const SLASH = 0x2f;
const COLON = 0x3a;
const LESS = 0x3c;
const GREATER = 0x3e;
const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const OPENERS = [0x7b, 0x28];

/** Pieces of names that say that a value is secret; `isSecretName` judges the whole name. */
export const nameAnchors: readonly Anchor[] = [
  ...['pass', 'pwd', 'pw=', 'pw:', 'pw"', 'psk', 'secret', 'token', 'key', 'credential', 'sessid', 'sessionid'].map(
    (word) => ({ word, verify: verifyName }),
  ),
  ...['_pat=', '_pat:', '_creds', '_jwt', '_otp', 'totp', 'mnemonic', 'fernet', 'unseal', 'cookie'].map((word) => ({
    word,
    verify: verifyName,
  })),
  { word: 'auth', verify: verifyAuth },
  { word: 'sig=', verify: verifySignature },
  { word: 'signature=', verify: verifySignature },
];

interface Name {
  readonly start: number;
  readonly end: number;
}

function nameAround(scan: TextScan, at: number): Name {
  const { bytes, to } = scan;
  const settled = scan.settledFor(at);
  const start = runStart(bytes, Math.max(settled, at - MAX_NAME), at, NAME_BYTE);
  const end = runEnd(bytes, at, Math.min(to, at + MAX_NAME), NAME_BYTE);
  const isEscape = bytes[start - 1] === BACKSLASH && start > settled && start < at;
  return { start: isEscape ? start + 1 : start, end };
}

/** `PASSWORD=x`, `"api_key": "x"`, `--token x`, `<secret>x</secret>`, `name: API_TOKEN` and then `value: x`. */
function verifyName(scan: TextScan, at: number): boolean {
  const name = nameAround(scan, at);
  const place = placeAfter(scan, name.end);
  if (place !== undefined) return addValue(scan, name, place);
  // A flag's value is over before what would make a pair of the two is there.
  return (
    addValue(scan, name, flagPlace(scan, name)) ||
    addValue(scan, name, pairedPlace(scan, name)) ||
    addValue(scan, name, elementPlace(scan, name)) ||
    addPairedMember(scan, name)
  );
}

/** Of a pair in JSON whose value comes first, or has other members before it: the anchor may stand behind what it names. */
function addPairedMember(scan: TextScan, { start, end }: Name): boolean {
  const { bytes } = scan;
  const value = pairedMember(scan, start, end);
  if (value === undefined || !isSecretName(bytes, start, end)) return false;
  if (value.end > value.start && !isHarmlessValue(bytes, value.start, value.end)) {
    const isNumber = bytes[value.start - 1] !== QUOTE;
    scan.addAside(value.start, value.end, RULE, 'password', isNumber ? 'json' : 'text');
  }
  return false;
}

function addValue(scan: TextScan, name: Name, place: ValuePlace | undefined): boolean {
  const { bytes } = scan;
  if (place === undefined) return false;
  if (!isSecretName(bytes, name.start, name.end) && !isAuthFlag(bytes, name.start, name.end)) return false;
  const value = valueAt(scan, place);
  const isUndecided = scan.isOpenAt(value.end) && !isPathBehindPort(scan, name, value);
  if (!isUndecided && !isValue(scan, name, value)) return false;
  const whole = wholeValue(scan, value);
  return scan.add(whole.start, whole.end, RULE, 'password', formOf(scan, name, whole));
}

/** `<password>x</password>`. */
function elementPlace({ bytes, from }: TextScan, { start, end }: Name): ValuePlace | undefined {
  const isElement = bytes[end] === GREATER && start > from && bytes[start - 1] === LESS;
  return isElement ? { from: end + 1, isProse: false, isElement } : undefined;
}

/**
 * A name that is itself a value: `"name":"API_TOKEN","value":"x"`, also over two lines of YAML, also in XML, where both
 * may be attributes or elements.
 */
function pairedPlace(scan: TextScan, { end }: Name): ValuePlace | undefined {
  const { bytes, to } = scan;
  let at = afterQuote(scan, end);
  const limit = Math.min(to, at + MAX_GAP);
  if (standsAt(bytes, at, to, CLOSING)) at = runEnd(bytes, at + CLOSING.length, limit, NAME_BYTE) + 1;
  while (at < limit && isBetween(bytes[at] as number)) at += bytes[at] === BACKSLASH && bytes[at + 1] === 0x6e ? 2 : 1;
  const isValueKey = at > end && VALUES.some((value) => standsAt(bytes, at, to, value));
  if (!isValueKey) return undefined;
  const keyEnd = at + VALUE_LENGTH;
  return bytes[keyEnd] === GREATER ? { from: keyEnd + 1, isProse: false, isElement: true } : placeAfter(scan, keyEnd);
}

/** What stands between the two of a pair: white space, real or escaped, a comma, a quote, the `<` of an element. */
function isBetween(byte: number): boolean {
  return isIn(byte, SPACE) || byte === 0x2c || byte === BACKSLASH || byte === 0x22 || byte === 0x27 || byte === LESS;
}

/** `--token x`. */
function flagPlace({ bytes, to }: TextScan, { start, end }: Name): ValuePlace | undefined {
  if (bytes[start] !== DASH || bytes[end] !== 0x20 || end + 1 >= to || bytes[end + 1] === DASH) return undefined;
  return { from: end + 1, isProse: true };
}

function isValue(scan: TextScan, name: Name, { start, end, isQuoted, isProse }: NamedValue): boolean {
  const { bytes } = scan;
  if (isHarmlessValue(bytes, start, end) || (!isQuoted && isInSize(bytes, start, end, scan.to))) return false;
  const isDoubled = start + 1 < end && bytes[start + 1] === bytes[start];
  if (!isQuoted && OPENERS.includes(bytes[start] as number) && !isDoubled) return false;
  const isPassword = isPasswordName(bytes, name.start, name.end);
  if (!isPassword && (isCount(bytes, start, end) || isAddress(scan, name, start, end))) return false;
  if (!isPassword && isWayToLogIn(bytes, start, end)) return false;
  if (!isProse || scan.isStrict) return true;
  return !isSentenceWord(bytes, start, end, isPassword) && (isPassword || !looksLikeObjectName(bytes, start, end));
}

/** `//secret.shop.svc:8443/x` and `example.org/secret:NoSchedule`: a host and its port, a key of a taint. */
function isAddress({ bytes, from }: TextScan, name: Name, start: number, end: number): boolean {
  const isPath = name.start > from && bytes[name.start - 1] === SLASH && bytes[name.end] === COLON;
  if (!isPath || start !== name.end + 1) return false;
  const portEnd = runEnd(bytes, start, end, DIGIT);
  const isPort = portEnd > start && portEnd <= start + 5 && (portEnd === end || bytes[portEnd] === SLASH);
  return isPort || runEnd(bytes, start, end, LETTER) === end;
}

/** `//secret.shop.svc:8443/x`, however that goes on. */
function isPathBehindPort(scan: TextScan, name: Name, { start, end }: NamedValue): boolean {
  return (
    isIn(scan.bytes[start], DIGIT) &&
    scan.bytes.subarray(start, end).includes(SLASH) &&
    isAddress(scan, name, start, end)
  );
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

/** `REDIS_AUTH=x`, `--auth x`, and what files of Docker and npm have under `auth`. */
function verifyAuth(scan: TextScan, at: number, end: number): boolean {
  const name = nameAround(scan, at);
  return addUserAndPassword(scan, name) || (name.end === end && verifyName(scan, at));
}

/** `auth` of a Docker configuration and of npm's: base64 of a user and a password. */
function addUserAndPassword(scan: TextScan, name: Name): boolean {
  const { bytes } = scan;
  const length = name.end - name.start;
  if (length !== 4 && !(length === 5 && bytes[name.start] === 0x5f)) return false;
  const place = placeAfter(scan, name.end);
  if (place === undefined) return false;
  const value = valueAt(scan, place, MAX_AUTH);
  const isAuth = scan.isCutAt(value.end) || isUserAndPassword(bytes.subarray(value.start, value.end));
  if (!isAuth) return false;
  const { start, end } = wholeValue(scan, value);
  return scan.add(start, end, RULE, 'password', 'base64');
}

/** Signatures of signed URLs: whoever has one can do what it signs. */
function verifySignature(scan: TextScan, start: number, end: number): boolean {
  const { bytes } = scan;
  const begin = runStart(bytes, Math.max(scan.settledFor(start), start - MAX_NAME), start, NAME_BYTE);
  const before = bytes[begin - 1];
  if (begin <= scan.from || (before !== 0x3f && before !== 0x26)) return false;
  const value = valueAt(scan, { from: end, isProse: false });
  const { end: stop } = wholeValue(scan, value);
  return (stop - end >= 16 || scan.isOpenAt(stop)) && scan.add(end, stop, 'signed-url', 'url');
}
