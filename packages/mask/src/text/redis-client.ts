// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { isIn, SPACE } from './byte-class.ts';
import type { Anchor, TextScan } from './text-scan.ts';
import { valueAt, wholeValue } from './value-reader.ts';

const NAMES = ['redis-cli', 'valkey-cli', 'keydb-cli'];
/** How far behind the program its password is looked for. */
const MAX_OPTIONS = 256;
const DASH = 0x2d;
const SMALL_A = 0x61;
const LF = 0x0a;
const PIPE = 0x7c;
const SEMICOLON = 0x3b;

/** Programs of which `-a` is followed by a password. */
export const REDIS_CLIENTS: readonly Uint8Array[] = NAMES.map(utf8);

export const redisAnchors: readonly Anchor[] = NAMES.map((word) => ({ word, verify: verifyClient }));

/** `redis-cli -h host -a x ping`: what stands between is looked at by itself. */
function verifyClient(scan: TextScan, _start: number, end: number): boolean {
  const { bytes } = scan;
  const limit = Math.min(scan.to, end + MAX_OPTIONS);
  for (let at = end; at + 3 < limit; at++) {
    const byte = bytes[at];
    if (byte === LF || byte === PIPE || byte === SEMICOLON) return false;
    const isFlag = isIn(byte, SPACE) && bytes[at + 1] === DASH && bytes[at + 2] === SMALL_A && bytes[at + 3] === 0x20;
    if (!isFlag) continue;
    const value = wholeValue(scan, valueAt(scan, { from: at + 4, isProse: false }));
    if (value.end > value.start) scan.addAside(value.start, value.end, 'named-value', 'password');
    return false;
  }
  return false;
}
