// SPDX-License-Identifier: Apache-2.0
import { joinBytes, utf8 } from '../json/bytes.ts';
import type { TokenClass } from '../token/token.ts';
import { encodeBase64 } from './base64.ts';

/**
 * How a mask takes the place of a span: `text` as it is, `base64` as base64 of it (the span was base64), `json` in
 * quotes (the span was a number, so that what was JSON stays JSON).
 */
export type HitForm = 'text' | 'base64' | 'json';

/** A span of a text that must be masked. Offsets count bytes of the array that was scanned. */
export interface TextHit {
  readonly start: number;
  readonly end: number;
  /** What the records call the rule that found it. */
  readonly detector: string;
  readonly tokenClass: TokenClass;
  readonly form: HitForm;
}

/** Of a text in which nothing was found; shared. */
export const NO_HITS: readonly TextHit[] = Object.freeze([]);

/** The hits in order, those that overlap joined into one. */
export function joinHits(hits: readonly TextHit[]): readonly TextHit[] {
  const joined: TextHit[] = [];
  for (const hit of [...hits].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const before = joined.at(-1);
    if (before === undefined || hit.start >= before.end) joined.push(hit);
    else if (hit.end > before.end) joined[joined.length - 1] = { ...before, end: hit.end, form: 'text' };
  }
  return joined;
}

const QUOTE = utf8('"');

/** What takes the place of a hit, made of its token. */
export function maskText(form: HitForm, token: Uint8Array): Uint8Array {
  if (form === 'base64') return encodeBase64(token);
  return form === 'json' ? joinBytes([QUOTE, token, QUOTE]) : token;
}
