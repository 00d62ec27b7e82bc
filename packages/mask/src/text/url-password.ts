// SPDX-License-Identifier: Apache-2.0
import { DASH, DIGIT, isIn, LOWER, NAME_BYTE, runEnd, SPACE, UPPER } from './byte-class.ts';
import { isSecretName } from './secret-name.ts';
import type { Anchor, TextScan } from './text-scan.ts';
import { isOpaque } from './vendor-tokens.ts';

const AT = 0x40;
const COLON = 0x3a;
const DOT_BYTE = 0x2e;
const DOLLAR = 0x24;
const MAX_AUTHORITY = 512;
/** User and password before `@tcp(`. */
const MAX_CREDENTIALS = 128;
const MIN_OPAQUE_USER = 20;
/** Of a longer number, no port is made. */
const MAX_PORT = 5;
const RULE = 'url-password';

/** `/`, `?` and `#` end an authority; quotes, brackets and what no URL contains end a URL. */
const ENDS_AUTHORITY = flags('/?#');
const ENDS_URL = flags('"\'`<>{}|\\^');

function flags(characters: string): Uint8Array {
  return new Uint8Array(256).map((_, byte) => (characters.includes(String.fromCharCode(byte)) ? 1 : 0));
}

/** Passwords before the `@` of a URL, and of the addresses of databases that look like one. */
export const urlAnchors: readonly Anchor[] = [
  { word: '://', verify: (scan, _start, end) => verifyAuthority(scan, end) },
  { word: '@tcp(', verify: (scan, start) => verifyAddress(scan, start) },
  { word: '@unix(', verify: (scan, start) => verifyAddress(scan, start) },
];

/**
 * `user:password@host`. A password that should have been escaped may hold `/`, `?` and `#`: where no port follows the
 * first colon, the URL is read on to its last `@`.
 * @see RFC 3986 §3.2.1
 */
function verifyAuthority(scan: TextScan, from: number): boolean {
  const { bytes } = scan;
  const authorityEnd = endOfAuthority(bytes, from, Math.min(scan.to, from + MAX_AUTHORITY));
  const colon = indexOf(bytes, COLON, from, authorityEnd);
  const hasPassword = colon >= 0 && !isPort(bytes, colon + 1, authorityEnd);
  let lastAt = lastIndexOf(bytes, AT, from, authorityEnd);
  if (lastAt < 0 && hasPassword) lastAt = atBehind(scan, from, authorityEnd);
  if (lastAt < 0 && colon < 0) return isOpenToken(scan, from, authorityEnd) && addPassword(scan, from, scan.to);
  if (lastAt < 0) return hasPassword && scan.isCutAt(scan.noAtBefore) && addPassword(scan, colon + 1, scan.to);
  if (colon >= 0 && colon < lastAt) {
    // A token may stand in the user's place: `token:x-oauth-basic@`, `token:@`.
    const isOpaqueUser = colon - from >= MIN_OPAQUE_USER && isOpaque(bytes, from, colon);
    return addPassword(scan, isOpaqueUser ? from : colon + 1, lastAt);
  }
  const isToken = lastAt - from >= MIN_OPAQUE_USER && isOpaque(bytes, from, lastAt);
  return isToken && addPassword(scan, from, lastAt);
}

/** Whether a text goes on in what is no name of a host, so that an `@` may follow it. */
function isOpenToken(scan: TextScan, from: number, authorityEnd: number): boolean {
  if (!scan.isOpenAt(authorityEnd) || authorityEnd - from < MIN_OPAQUE_USER) return false;
  return indexOf(scan.bytes, DOT_BYTE, from, authorityEnd) < 0 && isOpaque(scan.bytes, from, authorityEnd);
}

/** The last `@` of a URL behind what should be its authority; -1 if there is none, which then is remembered. */
function atBehind(scan: TextScan, from: number, authorityEnd: number): number {
  const { bytes } = scan;
  const limit = Math.min(scan.to, from + MAX_AUTHORITY);
  let at = Math.max(authorityEnd, scan.noAtBefore);
  while (at < limit && bytes[at] !== AT && !endsUrl(bytes, at)) at++;
  scan.noAtBefore = at;
  if (at >= limit || bytes[at] !== AT) return -1;
  let end = at;
  while (end < limit && !endsUrl(bytes, end)) end++;
  return lastIndexOf(bytes, AT, at, end);
}

function endsUrl(bytes: Uint8Array, at: number): boolean {
  return ENDS_URL[bytes[at] as number] === 1 || isIn(bytes[at], SPACE);
}

function endOfAuthority(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && ENDS_AUTHORITY[bytes[at] as number] === 0 && !endsUrl(bytes, at)) at++;
  return at;
}

function indexOf(bytes: Uint8Array, byte: number, from: number, to: number): number {
  for (let at = from; at < to; at++) if (bytes[at] === byte) return at;
  return -1;
}

function lastIndexOf(bytes: Uint8Array, byte: number, from: number, to: number): number {
  for (let at = to - 1; at >= from; at--) if (bytes[at] === byte) return at;
  return -1;
}

function isPort(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from <= MAX_PORT && runEnd(bytes, from, to, DIGIT) === to;
}

/** `user:password@tcp(host)`, as Go's database drivers have it: read leftwards. */
function verifyAddress(scan: TextScan, at: number): boolean {
  const { bytes } = scan;
  const limit = Math.max(scan.settledFor(at), at - MAX_CREDENTIALS);
  let begin = at;
  let colon = -1;
  while (begin > limit && ENDS_URL[bytes[begin - 1] as number] === 0 && !isIn(bytes[begin - 1], SPACE)) {
    begin--;
    if (bytes[begin] === COLON) colon = begin;
    if (bytes[begin] === 0x3d) break;
  }
  return colon > begin && addPassword(scan, colon + 1, at);
}

/** `$DB_PASSWORD`, `$password`, `${…}` and `$(…)`, and nothing else: a password may begin with that mark. */
function isVariable(bytes: Uint8Array, from: number, to: number): boolean {
  if (bytes[from] !== DOLLAR) return false;
  const last = bytes[to - 1];
  const isInBrackets = bytes[from + 1] === 0x28 ? last === 0x29 : bytes[from + 1] === 0x7b && last === 0x7d;
  if (isInBrackets) return runEnd(bytes, from + 2, to - 1, NAME_BYTE) === to - 1;
  const isCapitals = runEnd(bytes, from + 1, to, UPPER | DIGIT | DASH) === to && !isIn(bytes[from + 1], DIGIT);
  return isCapitals || (runEnd(bytes, from + 1, to, LOWER | DASH) === to && isSecretName(bytes, from + 1, to));
}

/** Not variables, nor what others have masked: `${PASSWORD}`, `$PASSWORD`, `xxxxx`, `***`. */
function addPassword(scan: TextScan, from: number, to: number): boolean {
  const { bytes } = scan;
  const first = bytes[from];
  let isFiller = to > from;
  for (let at = from; at < to && isFiller; at++) isFiller = bytes[at] === first;
  if (isFiller && (first === 0x78 || first === 0x2a)) return false;
  if (isVariable(bytes, from, to)) return false;
  return scan.add(from, to, RULE, 'url');
}
