// SPDX-License-Identifier: Apache-2.0
import type { TokenClass } from '../token/token.ts';
import { isOwnMask } from './own-mask.ts';
import { type HitForm, NO_HITS, type TextHit } from './text-hit.ts';

/** One pass over one text: what verifiers read, and what they found so far. Used again for the next text. */
export class TextScan {
  bytes: Uint8Array = new Uint8Array(0);
  from = 0;
  to = 0;
  /** Whether the text was cut off at its end: what begins there like a secret is taken for one. */
  isCut = false;
  /** Whether the text holds what only shows in another reading of it: escapes, control sequences. */
  hasEscapes = false;
  /** Everything before this is settled: no later hit may begin there. */
  settled = 0;
  /** What verifiers have ruled out, so that no stretch is read again for each anchor in it. */
  noJwtBefore = 0;
  noAtBefore = 0;
  /** Whether the text ends inside a private key, or after one; `undefined` if it has none. */
  key: 'open' | 'closed' | undefined = undefined;
  /** Whether every scalar under a secret name counts, as in configuration; prose has exceptions. */
  isStrict = false;
  #hits: TextHit[] | undefined;

  begin(bytes: Uint8Array, from: number, to: number, isCut: boolean): void {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    this.isCut = isCut;
    this.hasEscapes = false;
    this.settled = from;
    this.noJwtBefore = from;
    this.noAtBefore = from;
    this.key = undefined;
    this.#hits = undefined;
  }

  /** In the order in which they were found. */
  get hits(): readonly TextHit[] {
    return this.#hits ?? NO_HITS;
  }

  /** Says that `[start, end)` must be masked; false if there is nothing to mask in it. */
  add(start: number, end: number, detector: string, tokenClass: TokenClass, form: HitForm = 'text'): boolean {
    const begin = Math.max(start, this.settled);
    if (begin >= end || isOwnMask(this.bytes, begin, end)) return false;
    this.#hits ??= [];
    this.#hits.push({ start: begin, end, detector, tokenClass, form });
    this.settled = end;
    return true;
  }

  /** Whether a span reaches the end of a text that was cut there. */
  isCutAt(end: number): boolean {
    return this.isCut && end === this.to;
  }
}

/**
 * Looks closer at an anchor that stands in `scan.bytes[start, end)` in any case of letters. Adds what it finds. It MUST
 * read a number of bytes that is bounded, or in proportion to what it then adds or rules out for all later anchors.
 */
export type Verifier = (scan: TextScan, start: number, end: number) => boolean;

export interface Anchor {
  /** In lower case. */
  readonly word: string;
  readonly verify: Verifier;
}
