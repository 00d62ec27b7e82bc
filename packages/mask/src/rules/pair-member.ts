// SPDX-License-Identifier: Apache-2.0
import { CLASSES, DIGIT, LETTER, LOWER, UPPER } from '../text/byte-class.ts';

/** What custom resources call the name of a pair: their last words, in any spelling. */
const NAME_WORDS: ReadonlySet<string> = new Set([
  ...['name', 'key', 'id', 'identifier', 'header', 'field', 'variable', 'var', 'parameter', 'param'],
  ...['property', 'option', 'setting', 'attribute'],
]);

/** And its value, or what stands for it. */
const VALUE_WORDS: ReadonlySet<string> = new Set([
  ...['value', 'values', 'val', 'content', 'contents', 'data', 'default', 'literal', 'text', 'string', 'inline'],
  ...['raw', 'plaintext', 'plain', 'payload'],
]);

const LONGEST = 10;
/** Before the last word: it is the name of a Secret, not of a pair. */
const SECRET = 'secret';

/** What a member of an object that may be a pair is to it, by its name, `bytes[from, to)`: `envName`, `Value`, `param-key`. */
export function pairRole(bytes: Uint8Array, from: number, to: number): 'name' | 'value' | undefined {
  const start = lastWordStart(bytes, from, to);
  if (to - start > LONGEST) return undefined;
  const word = lowered(bytes, start, to);
  if (VALUE_WORDS.has(word)) return 'value';
  if (!NAME_WORDS.has(word)) return undefined;
  const isOfSecret = start - from >= SECRET.length && lowered(bytes, from, start).includes(SECRET);
  return isOfSecret ? undefined : 'name';
}

function lastWordStart(bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && at > to - LONGEST - 1) {
    const classes = CLASSES[bytes[at - 1] as number] as number;
    if ((classes & (LETTER | DIGIT)) === 0) break;
    at--;
    const before = at > from ? (CLASSES[bytes[at - 1] as number] as number) : 0;
    if ((classes & UPPER) !== 0 && (before & (LOWER | DIGIT)) !== 0) break;
  }
  return at;
}

function lowered(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(Math.max(from, to - 64), to)).toLowerCase();
}
