// SPDX-License-Identifier: Apache-2.0
import { isSecretField } from '../rules/field-path.ts';
import { DENSE_TURN_BYTES, type InTurns } from '../turns.ts';
import type { Span } from './value-index.ts';

const QUOTES = /(?:^|: )(?:(?:Invalid|Unsupported|Duplicate) value: |Not found: (?=["{[]))/g;
const QUOTED = /"(?:[^"\\]|\\.)*"/y;
/** A string of one line that is no document. */
const PLAIN = /"[^"\\{}[\]]{0,256}"/y;
/** A number, a word. Whatever else is not quoted may be a whole object. */
const BARE = /[\w.+-]+(?=[:,\] ]|$)/y;
const OPENERS = '{[';
const CLOSERS = '}]';
/** What stands behind a value. */
const BEHIND = /[:,\]]|$/y;
/** As far back as a path is looked for. */
const MAX_PATH = 512;

const latin1 = new TextDecoder('latin1');

/**
 * The values that an error of validation quotes: what stands between the quotes in
 * `spec.adminPassword: Invalid value: "…": should match …`. The API server quotes what is stored as well as what was
 * written. Of a secret field that is any value; of another one a number, a word and a plain string stay, which a read
 * shows too, but no object, list or text of several lines, in which there may be secret fields.
 * @param isOfSecret whether the field of an error that does not name it itself, as that of a cause, is secret
 * @see https://pkg.go.dev/k8s.io/apimachinery/pkg/util/validation/field#Error
 */
export function* quotedValues(text: Uint8Array, isOfSecret: boolean): InTurns<readonly Span[]> {
  const spelled = latin1.decode(text);
  const spans: Span[] = [];
  let turnEnd = DENSE_TURN_BYTES;
  for (const { index, 0: words } of spelled.matchAll(QUOTES)) {
    if (index > turnEnd) {
      turnEnd = index + DENSE_TURN_BYTES;
      yield;
    }
    const at = index + words.length;
    // What is in a value that is masked is masked: nothing is read twice.
    if (at < (spans.at(-1)?.end ?? 0)) continue;
    const isSecret = index === 0 ? isOfSecret : isSecretField(text, startOfPath(spelled, index), index);
    const isShown = !isSecret && (endOf(PLAIN, spelled, at) ?? endOf(BARE, spelled, at)) !== undefined;
    if (!isShown) spans.push(valueAt(spelled, at));
  }
  return spans;
}

/** A path begins behind a blank, but for those in its last brackets. */
function startOfPath(text: string, end: number): number {
  const least = end - MAX_PATH;
  const bracket = text.charAt(end - 1) === ']' ? text.slice(Math.max(0, least), end).lastIndexOf('[') : -1;
  const before = bracket === -1 ? end - 1 : Math.max(0, least) + bracket;
  return Math.max(least, text.lastIndexOf(' ', before) + 1);
}

function valueAt(text: string, at: number): Span {
  const quoteEnd = endOf(QUOTED, text, at);
  if (quoteEnd !== undefined) return { start: at + 1, end: quoteEnd - 1 };
  return { start: at, end: endOf(BARE, text, at) ?? endOfJson(text, at) ?? text.length };
}

/** Where what a pattern finds at a place ends. */
function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Where an object or list ends, if it is JSON; what Go prints of its own looks like it for a while. */
function endOfJson(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') {
      const end = endOf(QUOTED, text, at);
      if (end === undefined) return undefined;
      at = end - 1;
    } else if (OPENERS.includes(character)) depth++;
    else if (CLOSERS.includes(character)) depth--;
    if (depth === 0) return endOf(BEHIND, text, at + 1) === undefined ? undefined : at + 1;
  }
  return undefined;
}
