// SPDX-License-Identifier: Apache-2.0
import type { TokenClass } from '../token/token.ts';
import { isOwnMask } from './own-mask.ts';
import { type HitForm, joinHits, NO_HITS, type TextHit } from './text-hit.ts';

/** Names behind more backslashes count as if they stood behind so many; JSON in five strings has 31. */
const MAX_LEVEL = 32;

/** One pass over one text: what verifiers read, and what they found so far. Used again for the next text. */
export class TextScan {
  bytes: Uint8Array = new Uint8Array(0);
  from = 0;
  to = 0;
  /** Whether the text was cut off at its end: what begins there like a secret is taken for one. */
  isCut = false;
  /** Whether the text goes on: what at its end may still become a credential counts as one. */
  isLive = false;
  /** Whether the text holds what only shows in another reading of it: escapes, control sequences. */
  hasEscapes = false;
  /** Whether gzip in base64 stands behind something that looks like base64 too. */
  hasGluedGzip = false;
  /** Whether words go on as soon as they are over, so that none counts for more because of what follows it. */
  isTerminal = false;
  /** Everything before this is settled, but for what stands between an anchor and the hit that it led to. */
  settled = 0;
  /** Where the hit begins that was found last. */
  lastStart = 0;
  /** What verifiers have ruled out, so that no stretch is read again for each anchor in it. */
  noJwtBefore = 0;
  noAtBefore = 0;
  /** Whether the text ends inside a private key, or after one; `undefined` if it has none. */
  key: 'open' | 'closed' | undefined = undefined;
  /** Whether every scalar under a secret name counts, as in configuration; prose has exceptions. */
  isStrict = false;
  /** Whether something in it so far is called a Secret. */
  hasSecretKind = false;
  /** How far maps were read, of names in quotes behind each number of backslashes, and of those in none. */
  readonly mapsReadTo: Int32Array = new Int32Array(MAX_LEVEL + 1);
  #gapFrom = 0;
  /** What must be masked if anything in the text is called a Secret. */
  #ifSecret: TextHit[] | undefined;
  #hits: TextHit[] | undefined;
  /** Whether hits were found that do not follow those before. */
  #isUnordered = false;

  begin(bytes: Uint8Array, from: number, to: number, isCut: boolean, isLive: boolean): void {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    this.isCut = isCut || isLive;
    this.isLive = isLive;
    this.hasEscapes = false;
    this.hasGluedGzip = false;
    this.settled = from;
    this.lastStart = from;
    this.#gapFrom = from;
    this.noJwtBefore = from;
    this.noAtBefore = from;
    this.key = undefined;
    this.hasSecretKind = false;
    this.mapsReadTo.fill(from);
    this.#ifSecret = undefined;
    this.#hits = undefined;
    this.#isUnordered = false;
  }

  /** Before what a hit that begins at `at` can't begin; between the hit found last and its anchor, others may. */
  settledFor(at: number): number {
    return at < this.lastStart ? this.#gapFrom : this.settled;
  }

  /** In order and without overlap. */
  get hits(): readonly TextHit[] {
    if (this.hasSecretKind && this.#ifSecret !== undefined) return joinHits([...(this.#hits ?? []), ...this.#ifSecret]);
    if (this.#hits === undefined) return NO_HITS;
    return this.#isUnordered ? joinHits(this.#hits) : this.#hits;
  }

  /** Says that `[start, end)` must be masked; false if there is nothing to mask in it. */
  add(start: number, end: number, detector: string, tokenClass: TokenClass, form: HitForm = 'text'): boolean {
    const isBeforeLast = start < this.lastStart;
    const begin = Math.max(start, this.settledFor(start));
    if (begin >= end || isOwnMask(this.bytes, begin, end)) return false;
    this.#hits ??= [];
    this.#hits.push({ start: begin, end, detector, tokenClass, form });
    if (isBeforeLast) {
      this.#isUnordered = true;
      this.#gapFrom = end;
      this.settled = Math.max(this.settled, end);
      return true;
    }
    this.#gapFrom = this.settled;
    this.lastStart = begin;
    this.settled = end;
    return true;
  }

  /** Like `add`, for what stands apart from its anchor: what stands between is still looked at. */
  addAside(start: number, end: number, detector: string, tokenClass: TokenClass, form: HitForm = 'text'): void {
    if (isOwnMask(this.bytes, start, end)) return;
    this.#hits ??= [];
    this.#hits.push({ start, end, detector, tokenClass, form });
    this.#isUnordered = true;
  }

  /**
   * Like `addAside`, if anything in the text is called a Secret: anywhere, or, where words go on as soon as they are over,
   * so far.
   */
  addIfSecret(start: number, end: number, detector: string, tokenClass: TokenClass): void {
    if (this.hasSecretKind) this.addAside(start, end, detector, tokenClass, 'base64');
    else if (!this.isTerminal && !isOwnMask(this.bytes, start, end)) {
      this.#ifSecret ??= [];
      this.#ifSecret.push({ start, end, detector, tokenClass, form: 'base64' });
    }
  }

  /** Whether a span reaches the end of a text that was cut there. */
  isCutAt(end: number): boolean {
    return this.isCut && end === this.to;
  }

  /** Whether a span reaches the end of a text that goes on, so that nothing is decided about it yet. */
  isOpenAt(end: number): boolean {
    return this.isLive && end === this.to;
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
  /** Whether what ends at `end` may be it, of words that stand by chance in every program and image. */
  readonly mayStand?: (bytes: Uint8Array, end: number, to: number) => boolean;
}
