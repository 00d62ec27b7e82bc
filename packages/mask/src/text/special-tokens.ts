// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import {
  ALPHANUMERIC,
  BASE64_BYTE,
  DASH,
  DIGIT,
  DOT,
  isIn,
  PLUS_SLASH,
  runEnd,
  runStart,
  standsAt,
  TOKEN_BYTE,
  UPPER,
} from './byte-class.ts';
import type { Anchor, TextScan } from './text-scan.ts';
import { isOpaque } from './vendor-tokens.ts';

/** Credentials whose mark stands in their middle, or that come in pairs. */
export const specialAnchors: readonly Anchor[] = [
  ...['AKIA', 'ASIA'].map((prefix) => awsAnchor(prefix)),
  { word: '.atlasv1.', verify: (scan, start, end) => verifyInfix(scan, start, end, 'terraform-token', 10, 50) },
  { word: 'q~', mayStand: followsDigit, verify: verifyAzureSecret },
  { word: ':aa', verify: verifyTelegram },
  { word: '::server:', verify: (scan, start, end) => verifyInfix(scan, start, end, 'k3s-token', 20, 8) },
  { word: '::node:', verify: (scan, start, end) => verifyInfix(scan, start, end, 'k3s-token', 20, 8) },
  ...['$2a$', '$2b$', '$2y$', '$apr1$', '$1$', '$5$', '$6$', '$y$', '$argon2', '{sha}', '{ssha}'].map((word) => ({
    word,
    verify: verifyPasswordHash,
  })),
];

const KEY_ID_LENGTH = 20;
const SECRET_KEY_LENGTH = 40;
/** Of a key that was cut off, so much is taken for one, and of one that goes on. */
const MIN_CUT = 8;
const MIN_BEGUN = 3;
/** How far behind an access key's id its secret key is looked for. */
const NEAR = 120;

function awsAnchor(prefix: string): Anchor {
  const spelled = utf8(prefix);
  return {
    word: prefix.toLowerCase(),
    verify: (scan, start) => {
      const { bytes, to } = scan;
      if (!standsAt(bytes, start, to, spelled)) return false;
      if (start > scan.from && isIn(bytes[start - 1], ALPHANUMERIC)) return false;
      const end = runEnd(bytes, start, Math.min(to, start + KEY_ID_LENGTH + 1), UPPER | DIGIT);
      if (end - start !== KEY_ID_LENGTH && !scan.isCutAt(end)) return false;
      scan.add(start, end, 'aws-key-id', 'key');
      addSecretKey(scan, end);
      return true;
    },
  };
}

/** Forty characters of base64 that stand alone near a key's id. */
function addSecretKey(scan: TextScan, from: number): void {
  const { bytes } = scan;
  const limit = Math.min(scan.to, from + NEAR);
  let at = from;
  while (at < limit) {
    const end = runEnd(bytes, at, Math.min(scan.to, at + NEAR), ALPHANUMERIC | PLUS_SLASH);
    const isBegun = end - at >= (scan.isLive ? MIN_BEGUN : MIN_CUT) && scan.isCutAt(end);
    const isKey = end - at === SECRET_KEY_LENGTH || isBegun;
    if (isKey && isOpaque(bytes, at, end)) {
      scan.addAside(at, end, 'aws-secret-key', 'key');
      return;
    }
    at = end + 1;
  }
}

/** A token with its mark between two runs. */
function verifyInfix(
  scan: TextScan,
  start: number,
  end: number,
  rule: string,
  minBefore: number,
  minAfter: number,
): boolean {
  const { bytes, to } = scan;
  const begin = runStart(bytes, Math.max(scan.settledFor(start), start - NEAR), start, ALPHANUMERIC);
  const stop = runEnd(bytes, end, to, TOKEN_BYTE);
  if (start - begin < minBefore || (stop - end < minAfter && !scan.isCutAt(stop))) return false;
  return scan.add(begin, stop, rule, 'key');
}

/** Whether `Q~` ends at `end`, behind a digit. */
function followsDigit(bytes: Uint8Array, end: number): boolean {
  return bytes[end - 2] === 0x51 && isIn(bytes[end - 3], DIGIT);
}

/** Client secrets of Azure: three characters, a digit, `Q~`, and 31 to 34 characters. */
function verifyAzureSecret(scan: TextScan, start: number, end: number): boolean {
  const { bytes, to } = scan;
  if (start - 4 < scan.settledFor(start) || !followsDigit(bytes, end)) return false;
  let begin = start;
  while (begin > start - 4 && isAzureByte(bytes[begin - 1] as number)) begin--;
  let stop = end;
  while (stop < to && isAzureByte(bytes[stop] as number)) stop++;
  return (stop - end >= 30 || scan.isCutAt(stop)) && scan.add(begin, stop, 'azure-secret', 'key');
}

function isAzureByte(byte: number): boolean {
  return isIn(byte, TOKEN_BYTE | DOT) || byte === 0x7e;
}

/** Tokens of Telegram's bots: eight to ten digits, a colon, `AA`, 33 characters. */
function verifyTelegram(scan: TextScan, start: number, end: number): boolean {
  const { bytes, to } = scan;
  const begin = runStart(bytes, Math.max(scan.settledFor(start), start - 12), start, DIGIT);
  const stop = runEnd(bytes, end, to, TOKEN_BYTE);
  if (start - begin < 8 || bytes[start + 1] !== 0x41 || bytes[start + 2] !== 0x41) return false;
  return (stop - end >= 30 || scan.isCutAt(stop)) && scan.add(begin, stop, 'telegram-token', 'key');
}

/** Salted hashes of passwords, as crypt and LDAP write them: they can be tried out offline. */
function verifyPasswordHash(scan: TextScan, start: number, end: number): boolean {
  const { bytes, to } = scan;
  let stop = end;
  while (stop < to && (isIn(bytes[stop], BASE64_BYTE | DOT | DASH) || isHashByte(bytes[stop] as number))) stop++;
  return (stop - end >= 20 || scan.isOpenAt(stop)) && scan.add(start, stop, 'password-hash', 'password');
}

/** `$`, `=` and `,`. */
function isHashByte(byte: number): boolean {
  return byte === 0x24 || byte === 0x3d || byte === 0x2c;
}
