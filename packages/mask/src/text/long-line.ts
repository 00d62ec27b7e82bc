// SPDX-License-Identifier: Apache-2.0
import type { InTurns } from '../turns.ts';
import { UnitBuffer } from '../walk/unit-buffer.ts';
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
  readonly #buffer = new UnitBuffer();
  /** What stands before this offset has been let go. */
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
    this.#firstHits = hits;
    this.#buffer.release(this.#buffer.end);
    this.#passed = this.#buffer.end;
    this.#buffer.append(begin);
  }

  append(bytes: Uint8Array): void {
    if (!this.#isSwallowing) this.#buffer.append(bytes);
  }

  /** What may be let go now; `undefined` until more is there. A piece is valid until the next call. */
  *next(): InTurns<LinePiece | undefined> {
    if (this.#isSwallowing || this.#buffer.end <= this.#passed + MAX_LINE_BYTES) return undefined;
    const held = this.#take();
    const windowEnd = held.from + MAX_LINE_BYTES;
    const hits = this.#firstHits ?? (yield* this.#scan(held, windowEnd, false));
    this.#firstHits = undefined;
    const last = hits.at(-1);
    if (last?.end === windowEnd || last?.detector === CONTINUED) {
      this.#isSwallowing = true;
      return { ...held, to: windowEnd, hits };
    }
    const margin = windowEnd - AHEAD_BYTES;
    const to = hits.find(({ start, end }) => start < margin && end > margin)?.end ?? margin;
    this.#passed += to - held.from;
    return { ...held, to, hits: hits.filter(({ end }) => end <= to) };
  }

  /** What is left, when the line ends. */
  *end(isCut: boolean): InTurns<LinePiece> {
    this.isOpen = false;
    if (this.#isSwallowing) return { bytes: NOTHING, from: 0, to: 0, hits: NO_HITS };
    const held = this.#take();
    return { ...held, to: held.bytes.length, hits: yield* this.#scan(held, held.bytes.length, isCut) };
  }

  /** All that is held, and where in it the part begins that has not been let go. */
  #take(): Pick<LinePiece, 'bytes' | 'from'> {
    this.#buffer.release(this.#passed - BEHIND_BYTES);
    const { base, end } = this.#buffer;
    return { bytes: this.#buffer.slice(base, end), from: this.#passed - base };
  }

  *#scan({ bytes, from }: Pick<LinePiece, 'bytes' | 'from'>, to: number, isCut: boolean): InTurns<readonly TextHit[]> {
    const hits = yield* this.#scanner.scanInTurns(bytes.subarray(0, to), { isCut });
    return hits.filter(({ end }) => end > from).map((hit) => ({ ...hit, start: Math.max(hit.start, from) }));
  }
}
