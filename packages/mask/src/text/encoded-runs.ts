// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import {
  BOOTSTRAP_SECRET,
  bootstrapTokenStart,
  GROUP,
  isTextGroup,
  MIN_RUN,
  nextRun,
  textShift,
  WINDOW,
  windowShift,
} from './base64-runs.ts';
import { BASE64_BYTE, DASH, isIn, PLUS_SLASH, runEnd, standsAt } from './byte-class.ts';
import type { Anchor } from './text-scan.ts';

/** Base64 of what gzip begins with, and the way in which it compresses. @see RFC 1952 §2.3 */
const GZIP = utf8('H4sI');

/** Gzip in base64 that something is glued to; at the beginning of a run it is found without. */
export const gzipAnchors: readonly Anchor[] = [
  {
    word: 'h4si',
    mayStand: isGluedGzip,
    verify: (scan, _start, end) => {
      scan.hasGluedGzip ||= isGluedGzip(scan.bytes, end);
      return false;
    },
  },
];

function isGluedGzip(bytes: Uint8Array, end: number): boolean {
  const start = end - GZIP.length;
  return standsAt(bytes, start, end, GZIP) && isIn(bytes[start - 1], DASH | PLUS_SLASH);
}

/** A stretch of a run of base64 that decodes to text or gzip, or the second half of a bootstrap token. */
export interface EncodedStretch {
  readonly start: number;
  readonly end: number;
  /** Where the run ends in which it stands. */
  readonly runEnd: number;
  /** Where the bootstrap token begins; -1 if it is none. */
  readonly tokenStart: number;
}

/**
 * Finds what may be base64 of a text: at the beginning of a run, or farther inside, since `/`, `-`, `_` and letters that
 * stand before it look like base64 too, and since it may hold a text between other bytes. Reads each byte a bounded number
 * of times. Used again for the next text.
 */
export class EncodedRuns {
  #bytes: Uint8Array = new Uint8Array(0);
  #from = 0;
  #to = 0;
  #hasGzip = false;
  #minWindow = WINDOW;
  #runStart = 0;
  #runEnd = 0;
  /** Before what nothing is looked for any more. */
  at = 0;

  /** What is at the end of a text that goes on (`isLive`) may be short. Gzip is looked for inside runs only where it stands. */
  begin(bytes: Uint8Array, from: number, to: number, isLive: boolean, hasGzip: boolean): void {
    this.#hasGzip = hasGzip;
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
    this.#minWindow = isLive ? WINDOW / 2 : WINDOW;
    this.#runStart = from;
    this.#runEnd = from;
    this.at = from;
  }

  get isDone(): boolean {
    return this.at >= this.#to;
  }

  /** The next stretch, looked for until `at` is `limit` or more; `undefined` if there is none up to there. */
  next(limit: number): EncodedStretch | undefined {
    while (this.at < limit && this.at < this.#to) {
      const found = this.at < this.#runEnd ? this.#nextInside(limit) : this.#nextAtBegin();
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #nextAtBegin(): EncodedStretch | undefined {
    const start = nextRun(this.#bytes, this.at, this.#to);
    if (start < 0) {
      this.at = this.#to;
      return undefined;
    }
    this.#runStart = start;
    this.#runEnd = runEnd(this.#bytes, start, this.#to, BASE64_BYTE);
    this.at = this.#runEnd;
    const tokenStart = bootstrapTokenStart(this.#bytes, this.#from, start, this.#to);
    if (tokenStart >= 0) return { start, end: start + BOOTSTRAP_SECRET, runEnd: this.#runEnd, tokenStart };
    if (this.#runEnd - start < MIN_RUN) return undefined;
    const shift = textShift(this.#bytes, start, this.#runEnd);
    const begin = shift < 0 ? this.#gzipStart() : start + shift;
    if (begin >= 0) return this.#stretch(begin, this.#runEnd);
    this.at = start + WINDOW;
    return undefined;
  }

  /** Looks at windows: where base64 of a text is as long as two of them, one lies in it. */
  #nextInside(limit: number): EncodedStretch | undefined {
    const end = this.#runEnd;
    while (this.at + this.#minWindow <= end) {
      if (this.at >= limit) return undefined;
      const window = this.at;
      this.at += WINDOW;
      const shift = windowShift(this.#bytes, window, end);
      const found = shift < 0 ? undefined : this.#stretchAround(window + shift);
      if (found !== undefined) return found;
    }
    this.at = end;
    return undefined;
  }

  /** All that decodes to text around a window, if it is not too short. What stands before it is looked at once. */
  #stretchAround(window: number): EncodedStretch | undefined {
    const bytes = this.#bytes;
    const last = this.#runEnd - GROUP;
    let start = window;
    while (start - GROUP >= this.#runStart && isTextGroup(bytes, start - GROUP)) start -= GROUP;
    let end = window;
    while (end <= last && isTextGroup(bytes, end)) end += GROUP;
    if (end > last) end = this.#runEnd;
    if (end - start < MIN_RUN) return undefined;
    this.#runStart = end;
    this.at = Math.max(this.at, end);
    return this.#stretch(start, end);
  }

  #gzipStart(): number {
    const bytes = this.#bytes;
    if (!this.#hasGzip) return -1;
    for (let at = this.#runStart + 1; at < this.#runEnd; at++) {
      if (bytes[at] === GZIP[0] && isGluedGzip(bytes, at + GZIP.length)) return at;
    }
    return -1;
  }

  #stretch(start: number, end: number): EncodedStretch {
    return { start, end, runEnd: this.#runEnd, tokenStart: -1 };
  }
}
