// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { ALPHANUMERIC, isIn, runEnd, standsAt, TOKEN_BYTE } from './byte-class.ts';
import type { Anchor, TextScan } from './text-scan.ts';

const MIN_PART = 8;
/** A JWE has five parts, of which the second may be empty. */
const MAX_PARTS = 5;
const DOT = 0x2e;

/** Base64 of `{"`, `{ "` and a `{` before a line break: what the header of a JWT begins with. */
export const jwtAnchors: readonly Anchor[] = ['eyJ', 'eyAi', 'ewog', 'ewoJ', 'ewoi'].map((prefix) => {
  const spelled = utf8(prefix);
  return {
    word: prefix.toLowerCase(),
    verify: (scan: TextScan, start: number) => standsAt(scan.bytes, start, scan.to, spelled) && verifyJwt(scan, start),
  };
});

/**
 * Parts of base64url with dots between, the first of which begins as JSON does. Neither header nor signature is asked
 * for more: one that is broken, or cut, shows its claims all the same. In a text that goes on its first bytes count.
 * @see RFC 7519, RFC 7516 §7.1
 */
function verifyJwt(scan: TextScan, start: number): boolean {
  const { bytes, to } = scan;
  if (start < scan.noJwtBefore) return false;
  const headerEnd = runEnd(bytes, start, to, TOKEN_BYTE);
  let end = headerEnd;
  let longest = 0;
  for (let part = 1; part < MAX_PARTS && end < to && bytes[end] === DOT; part++) {
    const partEnd = runEnd(bytes, end + 1, to, TOKEN_BYTE);
    longest = Math.max(longest, partEnd - end - 1);
    end = partEnd;
  }
  const isLong = headerEnd - start >= MIN_PART;
  const isBegun = scan.isOpenAt(end) && !(start > scan.from && isIn(bytes[start - 1], ALPHANUMERIC));
  const isToken = isLong && (longest >= MIN_PART || scan.isCutAt(end));
  if (isToken || isBegun) return scan.add(start, end, 'jwt', 'jwt');
  scan.noJwtBefore = headerEnd;
  return false;
}
