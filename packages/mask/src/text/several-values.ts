// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { standsAt } from './byte-class.ts';
import { isOpaqueWord } from './distinctive.ts';
import { isAuthSetting, isHarmlessValue } from './harmless-value.ts';
import { isOwnMask } from './own-mask.ts';
import type { TextHit } from './text-hit.ts';

/** What stands between the values of a list or of a map in one line. */
const SEPARATORS = new Uint8Array(256).map((_, byte) => (' \t\r,[]{}"\''.includes(String.fromCharCode(byte)) ? 1 : 0));
const COLON = 0x3a;
const SCHEME_END = utf8('://');

/**
 * The values in `bytes[from, to)`, of a line under the name of several secrets: `[x, y]`, `{a: x}`, `- x`, `a: x`. Of what
 * stands there, what is more than a word and no name of a member is one.
 */
export function severalValues(bytes: Uint8Array, from: number, to: number): readonly TextHit[] {
  // What of an address is secret shows itself.
  return valuesIn(bytes, from, to, (start, end) => {
    const isNameOrAddress = bytes[end - 1] === COLON || isAddress(bytes, start, end);
    return !isNameOrAddress && isOpaqueWord(bytes.subarray(start, end));
  });
}

/**
 * The values of a list in `bytes[from, to)` under the name of one secret: each is one, a word as well, but for a way to log
 * in where the name ends in AUTH.
 */
export function elementValues(bytes: Uint8Array, from: number, to: number, isOfAuth: boolean): readonly TextHit[] {
  return valuesIn(bytes, from, to, (start, end) => {
    return !isHarmlessValue(bytes, start, end) && !(isOfAuth && isAuthSetting(bytes, start, end));
  });
}

function valuesIn(
  bytes: Uint8Array,
  from: number,
  to: number,
  isValue: (start: number, end: number) => boolean,
): readonly TextHit[] {
  const hits: TextHit[] = [];
  for (let at = from; at < to; at++) {
    if (SEPARATORS[bytes[at] as number] === 1) continue;
    let end = at;
    while (end < to && SEPARATORS[bytes[end] as number] === 0) end++;
    if (isValue(at, end) && !isOwnMask(bytes, at, end)) {
      hits.push({ start: at, end, detector: 'named-value', tokenClass: 'password', form: 'text' });
    }
    at = end;
  }
  return hits;
}

function isAddress(bytes: Uint8Array, from: number, to: number): boolean {
  const colon = bytes.subarray(from, to).indexOf(COLON);
  return colon > 0 && standsAt(bytes, from + colon, to, SCHEME_END);
}
