// SPDX-License-Identifier: Apache-2.0
import { isIn, SPACE } from './byte-class.ts';
import type { TextHit } from './text-hit.ts';
import { isOpaque, vendorPrefixes } from './vendor-tokens.ts';

/** What is shorter waits like any other word. */
const MIN_LIVE = 3;
/** How far behind its end the beginning of a word is looked for. */
const MAX_WORD = 512;
/** `[a-z0-9]{6}.[a-z0-9]{16}` as far as it is there. */
const BOOTSTRAP = /(?<![\w.-])[a-z0-9]{6}\.[a-z0-9]{3,15}$/;
const NUMBER = /^[0-9.]+$/;
/** Endings of files and names of domains have up to five letters: `values.yaml`, `github.com`, `master.local`. */
const MIN_BOOTSTRAP = 13;
const ENDS_AUTHORITY = /[/?#@"'`<>{}|\\^]/;
const PORT = /^[0-9]{0,5}$/;
/** Of a token that is a URL's user; with a port behind it, it is a host unless it is as long as `url-password` asks. */
const MIN_USER = 8;
const MIN_USER_BEFORE_PORT = 20;
const TOKEN_BYTE = /[\w-]/;
/** What an address of Go's database drivers has after user and password, which `url-password` reads as far as this. */
const MARKS = ['@tcp(', '@unix('];
const MAX_CREDENTIALS = 128;
const ENDS_CREDENTIALS = /["'`<>{}|\\^=]/;

/** Beginnings of what tokens begin with, and whether each counts only where no letter, digit, `_` or `-` stands before. */
const BEGINNINGS: ReadonlyMap<string, boolean> = beginnings();
const LONGEST = Math.max(...Array.from(BEGINNINGS.keys(), ({ length }) => length));

function beginnings(): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>();
  for (const [prefix, isBounded] of [...vendorPrefixes, ['AKIA', true] as const, ['ASIA', true] as const]) {
    for (let length = MIN_LIVE; length < prefix.length; length++) {
      const beginning = prefix.slice(0, length);
      found.set(beginning, isBounded && (found.get(beginning) ?? true));
    }
  }
  return found;
}

/** What a text ends with that looks like a credential so far, and may be none. */
export interface LiveEnd {
  /** Where it begins; where the text ends if it ends in nothing of the kind. */
  readonly from: number;
  /** What must be masked if nothing more comes; undefined as long as nothing of a secret is there. */
  readonly hit: TextHit | undefined;
  /** Whether its mark has begun, so that it counts as a credential until more tells that it is none. */
  readonly hasMark: boolean;
}

/** Like `LiveEnd`, of a word. */
interface LiveWord {
  readonly from: number;
  readonly secret?: Pick<TextHit, 'start' | 'end' | 'detector' | 'tokenClass'>;
  readonly hasMark?: boolean;
}

/**
 * What a text that goes on ends with that may yet turn out to be a credential, and of which no verifier can say so before
 * more of it is there. It is one of these, in at least 3 bytes without a blank: the beginning of what tokens of an issuer
 * begin with; a bootstrap token, as long as its second half has no digit; the host of a URL and its port, which look
 * like a user and a password before an `@` is there; user and password of a database's address, when the `@` is there.
 * Nothing of a secret is there in the first; in a bootstrap token before its twelfth character; in a host of one case
 * without a digit, or of under 8 bytes; in what may be a port. Reads 512 bytes at most.
 */
export function liveEnd(bytes: Uint8Array, from: number, to: number): LiveEnd {
  const limit = Math.max(from, to - MAX_WORD);
  let start = to;
  while (start > limit && !isIn(bytes[start - 1], SPACE)) start--;
  if (to - start < MIN_LIVE) return { from: to, hit: undefined, hasMark: false };
  const word = String.fromCharCode(...bytes.subarray(start, to));
  const found = addressIn(word) ?? authorityIn(word) ?? bootstrapIn(word) ?? beginningIn(word);
  if (found === undefined) return { from: to, hit: undefined, hasMark: false };
  const { secret, hasMark = false } = found;
  const hit = secret && { ...secret, start: start + secret.start, end: start + secret.end, form: 'text' as const };
  return { from: start + found.from, hit, hasMark };
}

function beginningIn(word: string): LiveWord | undefined {
  for (let at = Math.max(0, word.length - LONGEST); at + MIN_LIVE <= word.length; at++) {
    const isBounded = BEGINNINGS.get(word.slice(at));
    if (isBounded === undefined || (isBounded && at > 0 && TOKEN_BYTE.test(word[at - 1] as string))) continue;
    return { from: at };
  }
  return undefined;
}

function bootstrapIn(word: string): LiveWord | undefined {
  const tail = BOOTSTRAP.exec(word);
  if (tail === null || NUMBER.test(tail[0])) return undefined;
  const [from, end] = [tail.index, word.length];
  if (end - from < MIN_BOOTSTRAP) return { from };
  return { from, secret: { start: from, end, detector: 'bootstrap-token', tokenClass: 'key' } };
}

function authorityIn(word: string): LiveWord | undefined {
  const mark = word.lastIndexOf('://');
  const from = mark + 3;
  const authority = mark < 0 ? '' : word.slice(from);
  if (authority.length < MIN_LIVE || ENDS_AUTHORITY.test(authority)) return undefined;
  const colon = authority.indexOf(':');
  const user = colon < 0 ? authority : authority.slice(0, colon);
  const isToken = !user.includes('.') && user.length >= (colon < 0 ? MIN_USER : MIN_USER_BEFORE_PORT) && mixes(user);
  const secret = { start: from, end: from + user.length, detector: 'url-password', tokenClass: 'url' } as const;
  if (isToken && PORT.test(authority.slice(user.length + 1))) return { from, secret };
  if (colon < 0) return user.includes('.') ? undefined : { from };
  return authority.length - colon > MIN_LIVE ? { from: from + colon + 1 } : undefined;
}

function mixes(text: string): boolean {
  return isOpaque(
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
    0,
    text.length,
  );
}

function addressIn(word: string): LiveWord | undefined {
  const end = word.lastIndexOf('@');
  if (end < 0 || !MARKS.some((mark) => mark.startsWith(word.slice(end)))) return undefined;
  let from = end;
  while (from > 0 && end - from < MAX_CREDENTIALS && !ENDS_CREDENTIALS.test(word[from - 1] as string)) from--;
  const start = word.indexOf(':', from) + 1;
  if (start <= from + 1 || start >= end || word.startsWith('//', start)) return undefined;
  return { from: start, secret: { start, end, detector: 'url-password', tokenClass: 'url' }, hasMark: true };
}
