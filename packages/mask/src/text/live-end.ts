// SPDX-License-Identifier: Apache-2.0
import { isIn, SPACE } from './byte-class.ts';
import { vendorPrefixes } from './vendor-tokens.ts';

/** What is shorter waits like any other word. */
const MIN_LIVE = 3;
/** How far behind its end the beginning of a word is looked for. */
const MAX_WORD = 512;
/** `[a-z0-9]{6}.[a-z0-9]{16}` as far as it is there. */
const BOOTSTRAP = /(?<![\w.-])[a-z0-9]{6}\.[a-z0-9]{3,15}$/;
const NUMBER = /^[0-9.]+$/;
const ENDS_AUTHORITY = /[/?#@"'`<>{}|\\^]/;
const TOKEN_BYTE = /[\w-]/;
/** What an address of Go's database drivers has after user and password. */
const MARKS = ['@tcp(', '@unix('];
const MAX_MARK = 6;

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

/**
 * Where in a text that goes on something begins that may yet turn out to be a credential, and of which no verifier can
 * say so before more of it is there; `to` if the text ends in nothing of the kind. It is one of these, in at least 3
 * bytes without a blank: the beginning of what tokens of an issuer begin with; a bootstrap token, as long as its second
 * half has no digit; the host of a URL and its port, which look like a user and a password before an `@` is there; user
 * and password of a database's address, when the `@` is there. Reads 512 bytes at most.
 */
export function liveEnd(bytes: Uint8Array, from: number, to: number): number {
  const limit = Math.max(from, to - MAX_WORD);
  let start = to;
  while (start > limit && !isIn(bytes[start - 1], SPACE)) start--;
  if (to - start < MIN_LIVE) return to;
  const word = String.fromCharCode(...bytes.subarray(start, to));
  return start + Math.min(beginningIn(word), bootstrapIn(word), authorityIn(word), addressIn(word));
}

function beginningIn(word: string): number {
  for (let at = Math.max(0, word.length - LONGEST); at + MIN_LIVE <= word.length; at++) {
    const isBounded = BEGINNINGS.get(word.slice(at));
    if (isBounded === undefined || (isBounded && at > 0 && TOKEN_BYTE.test(word[at - 1] as string))) continue;
    return at;
  }
  return word.length;
}

function bootstrapIn(word: string): number {
  const tail = BOOTSTRAP.exec(word);
  return tail === null || NUMBER.test(tail[0]) ? word.length : tail.index;
}

function authorityIn(word: string): number {
  const mark = word.lastIndexOf('://');
  const authority = mark < 0 ? '' : word.slice(mark + 3);
  if (ENDS_AUTHORITY.test(authority)) return word.length;
  const port = authority.indexOf(':') + 1;
  const live = port > 0 ? authority.slice(port) : authority;
  const isLive = live.length >= MIN_LIVE && (port > 0 || !live.includes('.'));
  return isLive ? word.length - live.length : word.length;
}

function addressIn(word: string): number {
  const at = word.lastIndexOf('@');
  if (at < 0 || word.length - at >= MAX_MARK) return word.length;
  const tail = word.slice(at);
  const colon = word.indexOf(':');
  const isLive = colon >= 0 && colon + 1 < at && MARKS.some((mark) => mark.startsWith(tail));
  return isLive ? colon + 1 : word.length;
}
