// SPDX-License-Identifier: Apache-2.0
import { decodeBase64 } from './base64.ts';
import { BASE64_BYTE, DOT, isIn, runEnd, TOKEN_BYTE } from './byte-class.ts';
import { isHarmlessValue } from './harmless-value.ts';
import type { Anchor, TextScan } from './text-scan.ts';
import {
  endOfHeader,
  type NamedValue,
  nextElement,
  placeAfter,
  type ValuePlace,
  valueAt,
  wholeValue,
} from './value-reader.ts';
import { isOpaque } from './vendor-tokens.ts';

const COLON = 0x3a;
const EQUALS = 0x3d;
const TILDE = 0x7e;
const BLANK = 0x20;
const AUTHORIZATION_LENGTH = 13;
const MIN_BEARER = 8;
/** How far a bare value is looked into before it is read to its end. */
const FAR = 256;

/** Credentials in HTTP headers, wherever a request is quoted or dumped. */
export const headerAnchors: readonly Anchor[] = [
  { word: 'authorizat', verify: verifyAuthorization },
  { word: 'cookie', verify: verifyCookie },
  { word: 'bearer ', verify: verifyBearer },
  { word: 'basic ', verify: verifyBasic },
];

/** `Authorization: Bearer x`, `"authorization":"Basic x"`, `Authorization:[Bearer x]`. The scheme stays. */
function verifyAuthorization(scan: TextScan, start: number): boolean {
  return addElements(scan, placeAfter(scan, start + AUTHORIZATION_LENGTH), addAuthorization);
}

/** What `add` makes of a value, and of all further ones of the array that it stands in, as Go prints headers in JSON. */
function addElements(
  scan: TextScan,
  first: ValuePlace | undefined,
  add: (scan: TextScan, value: NamedValue) => boolean,
): boolean {
  let found = false;
  for (let place = first; place !== undefined; ) {
    const value = valueAt(scan, place);
    if (!add(scan, value)) return found;
    found = true;
    place = nextElement(scan, wholeValue(scan, value));
  }
  return found;
}

function addAuthorization(scan: TextScan, value: NamedValue): boolean {
  const { bytes } = scan;
  const limit = nearEnd(scan, value);
  const schemeEnd = runEnd(bytes, value.start, limit, TOKEN_BYTE);
  const hasScheme = schemeEnd > value.start && schemeEnd < limit && bytes[schemeEnd] === BLANK;
  const begin = hasScheme ? schemeEnd + 1 : value.start;
  const isOpaqueValue = value.isQuoted || isOpaque(bytes, begin, hasScheme ? limit : value.end);
  if (!isOpaqueValue && !scan.isOpenAt(hasScheme ? limit : value.end)) return false;
  const stop = hasScheme && !value.isQuoted ? endOfHeader(scan, begin) : wholeValue(scan, value).end;
  return scan.add(begin, stop, 'authorization', 'header');
}

/** Where a header's value ends, or how far a longer one is looked into. */
function nearEnd({ bytes, to }: TextScan, { start, end, isQuoted }: NamedValue): number {
  const limit = Math.min(to, start + FAR);
  return isQuoted ? Math.min(end, limit) : endOfHeader({ bytes, to: limit }, start);
}

/** `Cookie: a=b; c=d`, `Set-Cookie: a=b; Path=/`, to the end of the line or the quotes. */
function verifyCookie(scan: TextScan, _start: number, end: number): boolean {
  return addElements(scan, placeAfter(scan, scan.bytes[end] === 0x73 ? end + 1 : end), addCookie);
}

function addCookie(scan: TextScan, value: NamedValue): boolean {
  const { bytes } = scan;
  if (!scan.isOpenAt(value.end) && isHarmlessValue(bytes, value.start, value.end)) return false;
  const limit = nearEnd(scan, value);
  const hasPair = bytes.subarray(value.start, limit).includes(EQUALS);
  if (!hasPair && !scan.isOpenAt(limit) && !isOpaque(bytes, value.start, value.end)) return false;
  const stop = value.isQuoted ? wholeValue(scan, value).end : endOfHeader(scan, value.start);
  return scan.add(value.start, stop, 'cookie', 'header');
}

function verifyBearer(scan: TextScan, _start: number, end: number): boolean {
  const { bytes, to } = scan;
  let stop = end;
  while (stop < to && (isIn(bytes[stop], BASE64_BYTE | DOT) || bytes[stop] === EQUALS || bytes[stop] === TILDE)) stop++;
  const isToken = stop - end >= MIN_BEARER && isOpaque(bytes, end, stop);
  return (isToken || scan.isCutAt(stop)) && scan.add(end, stop, 'authorization', 'header');
}

/** Base64 of `user:password`. */
function verifyBasic(scan: TextScan, _start: number, end: number): boolean {
  const { bytes, to } = scan;
  let stop = runEnd(bytes, end, to, BASE64_BYTE);
  while (stop < to && bytes[stop] === EQUALS) stop++;
  if (!scan.isCutAt(stop) && !isUserAndPassword(bytes.subarray(end, stop))) return false;
  return scan.add(end, stop, 'authorization', 'header');
}

/** Whether a text is base64 of printable bytes with a colon among them. */
export function isUserAndPassword(text: Uint8Array): boolean {
  const decoded = decodeBase64(text);
  return decoded.length >= 3 && decoded.includes(COLON) && decoded.every((byte) => byte >= BLANK && byte !== 0x7f);
}
