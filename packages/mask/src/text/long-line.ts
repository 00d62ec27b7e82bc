// SPDX-License-Identifier: Apache-2.0
import { joinBytes } from '../json/bytes.ts';
import { CONTINUED } from './line-scanner.ts';
import { NO_HITS, type TextHit } from './text-hit.ts';
import type { TextScanner } from './text-scanner.ts';

/** A line is scanned as one piece up to this length. */
export const MAX_LINE_BYTES: number = 64 * 1024;
/** Before what is let go of a longer line, so much of what follows is looked at. */
const AHEAD_BYTES = 8 * 1024;
/** What has been let go is kept so long, as it may name what follows. */
const BEHIND_BYTES = 4 * 1024;
const NOTHING = new Uint8Array(0);

/** A part of a line, to be rendered from `from` to `to`. */
export interface LinePiece {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly hits: readonly TextHit[];
}

/**
 * A line longer than 64 KiB, scanned in windows that overlap. Where they lie depends on the line alone. A hit that
 * reaches the end of its window may go on for any length, so it swallows the rest of the line.
 */
export class LongLine {
  readonly #scanner: TextScanner;
  #bytes: Uint8Array = NOTHING;
  /** What stands before this has been let go. */
  #passed = 0;
  #isSwallowing = false;
  #firstHits: readonly TextHit[] | undefined;
  isOpen = false;

  constructor(scanner: TextScanner) {
    this.#scanner = scanner;
  }

  /** `hits` are those of the first 64 KiB. */
  open(begin: Uint8Array, hits: readonly TextHit[]): void {
    this.isOpen = true;
    this.#isSwallowing = false;
    this.#bytes = begin;
    this.#passed = 0;
    this.#firstHits = hits;
  }

  append(bytes: Uint8Array): void {
    if (!this.#isSwallowing) this.#bytes = joinBytes([this.#bytes, bytes]);
  }

  /** What may be let go now; `undefined` until more is there. */
  next(): LinePiece | undefined {
    const windowEnd = this.#passed + MAX_LINE_BYTES;
    if (this.#isSwallowing || this.#bytes.length <= windowEnd) return undefined;
    const hits = this.#firstHits ?? this.#scan(windowEnd, false);
    this.#firstHits = undefined;
    const last = hits.at(-1);
    if (last?.end === windowEnd || last?.detector === CONTINUED) {
      const piece = { bytes: this.#bytes, from: this.#passed, to: windowEnd, hits };
      this.#isSwallowing = true;
      this.#bytes = NOTHING;
      return piece;
    }
    const margin = windowEnd - AHEAD_BYTES;
    const across = hits.find(({ start, end }) => start < margin && end > margin);
    return this.#pass(across?.end ?? margin, hits);
  }

  /** What is left, when the line ends. */
  end(isCut: boolean): LinePiece {
    this.isOpen = false;
    if (this.#isSwallowing) return { bytes: NOTHING, from: 0, to: 0, hits: NO_HITS };
    const piece = {
      bytes: this.#bytes,
      from: this.#passed,
      to: this.#bytes.length,
      hits: this.#scan(this.#bytes.length, isCut),
    };
    this.#bytes = NOTHING;
    return piece;
  }

  #pass(to: number, hits: readonly TextHit[]): LinePiece {
    const piece = { bytes: this.#bytes, from: this.#passed, to, hits: hits.filter(({ end }) => end <= to) };
    const kept = Math.max(0, to - BEHIND_BYTES);
    this.#bytes = this.#bytes.subarray(kept);
    this.#passed = to - kept;
    return piece;
  }

  #scan(to: number, isCut: boolean): readonly TextHit[] {
    const from = Math.max(0, this.#passed - BEHIND_BYTES);
    const hits = this.#scanner.scanText(this.#bytes, from, to, { isCut });
    return hits
      .filter(({ end }) => end > this.#passed)
      .map((hit) => ({ ...hit, start: Math.max(hit.start, this.#passed) }));
  }
}
