// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { isHarmlessValue, isSentenceWord } from '../text/harmless-value.ts';
import { isOwnMask } from '../text/own-mask.ts';
import { ABOUT_SECRETS } from '../text/secret-words.ts';
import { DENSE_TURN_BYTES, type InTurns } from '../turns.ts';
import type { Span } from './value-index.ts';

/** A password's name, and behind it what is in quotes, or one word. */
const SPOKEN =
  /pass(?:word|wd|phrase|code)[ \t]{1,4}(?:(?:is|was|of)[ \t]{1,4})?(?:(["'`])([^"'`\n]{1,128})\1|([^\s"'`]{1,128}))/gi;
/** Beside those of any sentence, what rules of passwords say. */
const RULES: ReadonlySet<string> = new Set(
  'weak short long strong simple common contain contains characters letters digits may least most than longer shorter'.split(
    ' ',
  ),
);

const latin1 = new TextDecoder('latin1');

/**
 * The passwords that a rule of validation says in its own words: `the password hunter2 is too short`. Whoever defines a
 * custom resource makes such messages, of any part of the object.
 */
export function* spokenPasswords(text: Uint8Array): InTurns<readonly Span[]> {
  const spans: Span[] = [];
  let turnEnd = DENSE_TURN_BYTES;
  for (const { index, 0: all, 2: quoted, 3: bare = '' } of latin1.decode(text).matchAll(SPOKEN)) {
    if (index > turnEnd) {
      turnEnd = index + DENSE_TURN_BYTES;
      yield;
    }
    const word = quoted ?? bare.replace(/[.,:;!?)\]]+$/, '');
    const start = index + all.length - (quoted === undefined ? bare.length : quoted.length + 1);
    const end = start + word.length;
    if (quoted === undefined && isOfSentence(word)) continue;
    if (!isHarmlessValue(text, start, end) && !isOwnMask(text, start, end)) spans.push({ start, end });
  }
  return spans;
}

function isOfSentence(word: string): boolean {
  const spelled = word.toLowerCase();
  const bytes = utf8(spelled);
  return RULES.has(spelled) || ABOUT_SECRETS.has(spelled) || isSentenceWord(bytes, 0, bytes.length, true);
}
