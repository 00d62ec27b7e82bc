// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { base64PiecesOf } from '../learned/learned-values.ts';
import { decodeBase64 } from '../text/base64.ts';
import { TOKEN_PREFIX } from './token.ts';

/** A token's beginning as text, or inside base64 at any of its three shifts. */
const TOKEN = new RegExp(`[Mm][Aa][Ss][Kk][Ee][Dd]-[Vv]1-|${base64PiecesOf(TOKEN_PREFIX).join('|')}`);
/** Base64 that is long enough to hold base64 of a token's beginning. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{16,}/g;
/** Base64 in base64 in base64 …: more is not looked into. */
const MAX_DECODINGS = 3;

const latin1 = new TextDecoder('latin1');

/** Whether a text contains the beginning of a token, plain or behind escapes, line breaks or layers of base64. */
export function containsToken(text: Uint8Array | string): boolean {
  return search(typeof text === 'string' ? text : latin1.decode(text), 0);
}

function search(text: string, decodings: number): boolean {
  if (text.length < TOKEN_PREFIX.length) return false;
  if (TOKEN.test(text)) return true;
  const joined = /\s/.test(text) ? text.replace(/\s+/g, '') : text;
  if (joined.includes('\\') && TOKEN.test(unescapeAll(joined))) return true;
  if (decodings === MAX_DECODINGS) return false;
  for (const [run] of joined.matchAll(BASE64_RUN)) {
    if (search(latin1.decode(decodeBase64(utf8(run))), decodings + 1)) return true;
  }
  return false;
}

/**
 * Undoes the escapes of JSON and YAML, layer by layer, without asking which of the two a text is. A run of backslashes
 * is only looked at from its beginning: begun anew at each of them, a long one would take quadratic time.
 */
function unescapeAll(text: string): string {
  let plain = text;
  for (let layer = 0; layer < MAX_DECODINGS; layer++) {
    plain = plain
      .replace(/(?<!\\)\\+(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2}))/g, (_, u, U, x) =>
        character(u ?? U ?? x),
      )
      .replace(/(?<!\\)\\+[nrt]/g, '')
      .replace(/\\+/g, (run: string) => run.slice(0, run.length >> 1));
  }
  return plain;
}

function character(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16) & 0xffff);
}
