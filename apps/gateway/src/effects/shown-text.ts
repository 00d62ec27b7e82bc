// SPDX-License-Identifier: Apache-2.0
import { containsToken } from '@countersign/mask';
import { visibleText } from '../visible-text.ts';

const MASKED = '(masked)';
/** A mask in a text that is otherwise in the clear. */
const TOKEN = /masked-v1-[a-z]+-[a-z2-7]{26}/g;
const MAX_LENGTH = 512;
/** So much of what is the same stands before the first difference of two long texts. */
const CONTEXT = 64;
const MAX_WORDS = 1_024;

function withoutMasks(text: string): string {
  const plain = text.replace(TOKEN, MASKED);
  return containsToken(plain) || plain === JSON.stringify(MASKED) ? MASKED : plain;
}

/** A name or a sentence that quotes what somebody else chose. */
export function shownWords(text: string): string {
  const words = visibleText(withoutMasks(text));
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words;
}

/** Whether `shownWords` had to cut what it gave. */
export function areCut(words: string): boolean {
  return words.length > MAX_WORDS;
}

/** Both sides of a field, and whether either is cut. */
export interface ShownTexts {
  readonly before?: string;
  readonly after?: string;
  readonly isCut?: true;
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

function cut(text: string, from: number): string {
  if (text.length <= MAX_LENGTH) return text;
  const piece = text.slice(from, from + MAX_LENGTH);
  const rest = from + piece.length < text.length ? '…' : '';
  return `${from > 0 ? '…' : ''}${piece}${rest} (${text.length} characters)`;
}

/**
 * Two JSON texts of one field as an approver sees them. Masks say `(masked)` and no more, also where both sides do and the
 * values differ; of long texts the part is shown where they begin to differ.
 */
export function shownTexts(before: string | undefined, after: string | undefined): ShownTexts {
  const [was, is] = [before, after].map((text) => (text === undefined ? undefined : visibleText(withoutMasks(text))));
  const from = was === undefined || is === undefined ? 0 : Math.max(0, commonLength(was, is) - CONTEXT);
  return {
    ...(was === undefined ? {} : { before: cut(was, from) }),
    ...(is === undefined ? {} : { after: cut(is, from) }),
    ...([was, is].some((text) => text !== undefined && text.length > MAX_LENGTH) ? { isCut: true } : {}),
  };
}
