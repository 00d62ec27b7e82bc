// SPDX-License-Identifier: Apache-2.0
import type { Span } from './value-index.ts';

/**
 * An object as JSON, plain or within a string, and as Go prints its own maps and structures; no type of a field. Of the
 * name of a structure its last character is enough: a search that began with its first would begin anew at each letter.
 */
const OBJECT = /\{\\*"|\[\{|&\{|\bmap\[(?!string\])|\bstruct \{|\w\{[A-Za-z]/;
const WORD = /\w/;
/** Longer names are none of structures. */
const NAME_CHARACTERS = 64;
/** The first line of several that is none of those in which a server-side apply names fields and no values. */
const FURTHER_LINE = /\n(?! {2}\.\S+: field not declared in schema(?:\n|$))[\s\S]/;
/** Who answers for these words is whoever made the webhook: they are of several lines as a rule, and quote its own rules. */
const OF_WEBHOOK = /^admission webhook "/;

const latin1 = new TextDecoder('latin1');

/**
 * What of the words with which a request was refused may repeat any part of the object, whatever its field: objects in no
 * known place, and all but the first line. Behind the first line of `pod updates may not change fields other than …` stands
 * what the pod is and what it would have been, line by line.
 * @param quoted what of the text is masked anyway
 */
export function withheldWords(text: Uint8Array, quoted: readonly Span[]): Span | undefined {
  const rest = text.slice();
  for (const { start, end } of quoted) rest.fill(0x20, start, end);
  const spelled = latin1.decode(rest);
  const line = OF_WEBHOOK.test(spelled) ? -1 : spelled.search(FURTHER_LINE);
  const places = [objectIn(spelled), line === -1 ? -1 : line + 1].filter((at) => at >= 0);
  return places.length === 0 ? undefined : { start: Math.min(...places), end: text.length };
}

/** Where the first object begins, with the name that Go prints before it; -1 where there is none. */
function objectIn(spelled: string): number {
  const at = spelled.search(OBJECT);
  let start = at;
  while (start > 0 && at - start < NAME_CHARACTERS && WORD.test(spelled.charAt(start - 1))) start -= 1;
  return start;
}
