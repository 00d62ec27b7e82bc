// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { BASE64_BYTE, CLASSES, isIn, LETTER, runEnd, runStart, SPACE, standsAt } from './byte-class.ts';
import type { Anchor, TextScan } from './text-scan.ts';

const BEGIN = utf8('-----BEGIN ');
const END = utf8('-----END ');
const PUTTY = utf8('PuTTY-User-Key-File-');
const DASHES = utf8('-----');
const PRIVATE = utf8('PRIVATE KEY');
const MAX_LABEL = 48;
/** So many bytes tell whether a line goes on with the base64 of the one before. */
const SHORT_LINE = 4;
/** A longer part is found by its beginning. */
const MAX_WORD = 10;
const DASH = 0x2d;
const LF = 0x0a;
const BACKSLASH = 0x5c;
const RULE = 'private-key';

/** Fixed parts of base64 of private keys without their PEM lines: PKCS#8, PKCS#1, SEC 1, Ed25519, OpenSSH. */
const DER_PARTS = [
  'IBADANBgkqhkiG9w0BAQEFAASC',
  'IBAAKCAQEA',
  'IBAAKCAgEA',
  'IBAAKCAYEA',
  'IBAAKBgQ',
  'AgEAMBMGByqGSM49',
  'AgEAMBAGByqGSM49',
  'MHcCAQEEI',
  'MIGkAgEBBDD',
  'MIHcAgEBBEI',
  'MC4CAQAwBQYDK2VwBCIEI',
  'b3BlbnNzaC1rZXktdjE',
];

/** Private keys: in PEM (RFC 7468, RFC 4880 §6.2), and as base64 whose PEM lines were cut off. */
export const privateKeyAnchors: readonly Anchor[] = [
  { word: '-----begin ', verify: verifyBegin },
  { word: '-----end ', verify: verifyEnd },
  { word: 'putty-user', verify: verifyPutty },
  ...DER_PARTS.map((part) => derAnchor(part)),
];

/** From BEGIN to END, whatever stands between; without an END, all that may belong to a key. */
function verifyBegin(scan: TextScan, start: number, end: number): boolean {
  const { bytes, to } = scan;
  if (!standsAt(bytes, start, to, BEGIN)) return false;
  const labelEnd = endOfLabel(bytes, end, to);
  if (labelEnd === undefined) return isOpenLabel(scan, end) && scan.add(start, to, RULE, 'pem');
  const stop = endOfKey(bytes, labelEnd, to);
  if (stop !== undefined) return markClosed(scan, start, stop);
  // In a text that goes on, the END may come after whatever stands there.
  return markOpen(scan, start, scan.isLive ? to : endOfBody(bytes, labelEnd, to));
}

/** PuTTY's own format, which ends with a MAC. */
function verifyPutty(scan: TextScan, start: number): boolean {
  return standsAt(scan.bytes, start, scan.to, PUTTY) && markOpen(scan, start, scan.to);
}

function markOpen(scan: TextScan, start: number, stop: number): boolean {
  scan.key = 'open';
  return scan.add(start, stop, RULE, 'pem');
}

function markClosed(scan: TextScan, start: number, stop: number): boolean {
  scan.key = 'closed';
  return scan.add(start, stop, RULE, 'pem');
}

/** An END whose BEGIN was cut off: what stands before it is the key. */
function verifyEnd(scan: TextScan, start: number, end: number): boolean {
  const { bytes, to } = scan;
  if (!standsAt(bytes, start, to, END)) return false;
  const labelEnd = endOfLabel(bytes, end, to);
  if (labelEnd === undefined && !isOpenLabel(scan, end)) return false;
  const settled = scan.settledFor(start);
  let begin = start;
  while (begin > settled && mayPrecedeEnd(scan, bytes[begin - 1] as number)) begin--;
  return markClosed(scan, begin, labelEnd ?? to);
}

/** Where the dashes after a label end that names a private key. */
function endOfLabel(bytes: Uint8Array, from: number, to: number): number | undefined {
  let isPrivate = false;
  for (let at = from; at < to && at < from + MAX_LABEL; at++) {
    if (bytes[at] === DASH) {
      if (!isPrivate) return undefined;
      return standsAt(bytes, at, to, DASHES) ? at + DASHES.length : at + 1;
    }
    isPrivate ||= standsAt(bytes, at, to, PRIVATE);
  }
  return undefined;
}

/** In a terminal, what stands before the last word has gone on. */
function mayPrecedeEnd({ isTerminal }: TextScan, byte: number): boolean {
  return isBodyByte(byte) && !(isTerminal && isIn(byte, SPACE));
}

/** Whether a text that goes on ends in a label. */
function isOpenLabel({ bytes, to, isLive }: TextScan, from: number): boolean {
  return isLive && to - from < MAX_LABEL && !bytes.subarray(from, to).includes(DASH);
}

/** Where the END line ends, unless another key begins before it. */
function endOfKey(bytes: Uint8Array, from: number, to: number): number | undefined {
  for (let at = from; at < to; at++) {
    if (bytes[at] !== DASH) continue;
    if (standsAt(bytes, at, to, BEGIN)) return undefined;
    if (standsAt(bytes, at, to, END)) return endOfLabel(bytes, at + END.length, to);
  }
  return undefined;
}

/** Base64, header lines, line breaks, and these as they are escaped inside strings. */
function isBodyByte(byte: number): boolean {
  const isBase64 = ((CLASSES[byte] as number) & (BASE64_BYTE | SPACE)) !== 0;
  return isBase64 || byte === 0x3d || byte === BACKSLASH || byte === 0x3a || byte === 0x2c;
}

function endOfBody(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isBodyByte(bytes[at] as number)) at++;
  return at;
}

function derAnchor(part: string): Anchor {
  const spelled = utf8(part);
  return {
    word: part.slice(0, MAX_WORD).toLowerCase(),
    verify: (scan, start) => {
      const { bytes, to } = scan;
      if (!standsAt(bytes, start, to, spelled)) return false;
      const begin = runStart(bytes, Math.max(scan.settledFor(start), start - MAX_LABEL), start, BASE64_BYTE);
      const end = endOfLines(bytes, start, to);
      return scan.add(begin, scan.isLive && mayHaveMoreLines(bytes, end, to) ? to : end, RULE, 'pem');
    },
  };
}

/** The end of a run of base64 that goes on over lines, as long as each is as long as the one before but the last. */
export function endOfLines(bytes: Uint8Array, from: number, to: number): number {
  let end = endOfRun(bytes, from, to);
  let width = end - from;
  for (;;) {
    const next = afterLineBreak(bytes, end, to);
    if (next === end) return end;
    const nextEnd = endOfRun(bytes, next, to);
    const isWhole = nextEnd === to || !isIn(bytes[nextEnd], LETTER | SPACE) || bytes[nextEnd] === LF;
    if (nextEnd - next < SHORT_LINE || !isWhole) return end;
    const isLast = nextEnd - next < width;
    width = nextEnd - next;
    end = nextEnd;
    if (isLast) return end;
  }
}

/** Whether base64 that ends at `end` may go on after more lines, breaks between them escaped or not, in a text that does. */
export function mayHaveMoreLines(bytes: Uint8Array, end: number, to: number): boolean {
  let at = end;
  while (at < to && (isIn(bytes[at], SPACE) || bytes[at] === BACKSLASH)) at += bytes[at] === BACKSLASH ? 2 : 1;
  if (at === end || at + SHORT_LINE < to) return at >= to;
  return runEnd(bytes, at, to, BASE64_BYTE) >= to;
}

function endOfRun(bytes: Uint8Array, from: number, to: number): number {
  let end = runEnd(bytes, from, to, BASE64_BYTE);
  while (end < to && bytes[end] === 0x3d) end++;
  return end;
}

/** What follows a line break, real or escaped, and indentation; `from` where there is none. */
function afterLineBreak(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  let isBroken = false;
  while (at < to && at < from + MAX_LABEL) {
    const isEscape = bytes[at] === BACKSLASH && (bytes[at + 1] === 0x6e || bytes[at + 1] === 0x72);
    if (!isEscape && !isIn(bytes[at], SPACE)) break;
    isBroken ||= isEscape || bytes[at] === LF;
    at += isEscape ? 2 : 1;
  }
  return isBroken ? Math.min(at, to) : from;
}
