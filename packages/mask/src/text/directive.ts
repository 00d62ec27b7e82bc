// SPDX-License-Identifier: Apache-2.0
import { isHarmlessValue } from './harmless-value.ts';
import { indentation, trimmedEnd, unquoted } from './line-shape.ts';
import { isOwnMask } from './own-mask.ts';
import type { TextHit } from './text-hit.ts';

const BLANKS = ' \t';
/** Lines of known files that have a credential behind a blank, to their end: of redis and of LDAP. */
const DIRECTIVES: ReadonlySet<string> = new Set(['requirepass', 'masterauth', 'bindpw', 'rootpw', 'olcRootPW']);
/** What a netrc is made of: pairs of these and a word. @see netrc(5) */
const NETRC: ReadonlySet<string> = new Set(['machine', 'login', 'password', 'account']);
const MAX_NAME = 16;
const MAX_NETRC = 1_024;

/** The credential in a line of configuration that is no assignment: `requirepass x`, `machine a login b password x`. */
export function directiveHits(bytes: Uint8Array, from: number, to: number): readonly TextHit[] {
  const start = from + indentation(bytes, from, to);
  const end = trimmedEnd(bytes, start, to);
  const name = wordAt(bytes, start, Math.min(end, start + MAX_NAME));
  if (DIRECTIVES.has(name)) {
    const valueStart = start + name.length + indentation(bytes, start + name.length, end);
    return hitOf(bytes, unquoted(bytes, valueStart, end));
  }
  return NETRC.has(name) && end - start <= MAX_NETRC ? netrcHits(bytes, start, end) : [];
}

function netrcHits(bytes: Uint8Array, from: number, to: number): readonly TextHit[] {
  const hits: TextHit[] = [];
  for (let at = from; at < to; ) {
    const name = wordAt(bytes, at, to);
    const start = at + name.length + indentation(bytes, at + name.length, to);
    const value = wordAt(bytes, start, to);
    // Anything else is a sentence, or another kind of file.
    if (!NETRC.has(name) || value === '') return [];
    if (name === 'password') hits.push(...hitOf(bytes, { start, end: start + value.length }));
    at = start + value.length + indentation(bytes, start + value.length, to);
  }
  return hits;
}

function wordAt(bytes: Uint8Array, from: number, to: number): string {
  let word = '';
  for (let at = from; at < to; at++) {
    const character = String.fromCharCode(bytes[at] as number);
    if (BLANKS.includes(character)) break;
    word += character;
  }
  return word;
}

function hitOf(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
): readonly TextHit[] {
  if (start >= end || isHarmlessValue(bytes, start, end) || isOwnMask(bytes, start, end)) return [];
  return [{ start, end, detector: 'named-value', tokenClass: 'password', form: 'text' }];
}
