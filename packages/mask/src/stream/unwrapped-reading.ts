// SPDX-License-Identifier: Apache-2.0
import { isIn, SPACE } from '../text/byte-class.ts';
import type { TextHit } from '../text/text-hit.ts';
import { ESC, EscapeSequence } from './escape-sequence.ts';
import { Reading } from './reading.ts';

const BLANK = 0x20;
const CR = 0x0d;
const LF = 0x0a;
/** One of so many parts of a row at least is printed before an editor begins the next: progress in a line prints less. */
const MIN_PART = 4;

/**
 * What was printed in a line, without what line editors print where the window ends, so that a word goes on in the next
 * row: a blank and a carriage return, the next character and a carriage return, or the end of a row, with as many carriage
 * returns as the terminal makes of one.
 */
export class UnwrappedReading extends Reading {
  /** Whether anything was left out for that. */
  hasWraps = false;
  /** How wide the terminal is; 0 where nobody said. */
  columns = 0;
  /** Where what was printed begins that no carriage return stands behind. */
  #rowFrom = 0;
  readonly #sequence = new EscapeSequence();

  /** Whether a text that goes on ends in a blank that is left out if a carriage return comes next. */
  mayWrap(source: Uint8Array, from: number, to: number): boolean {
    if (this.columns === 0 || to - from < 2 || source[to - 1] !== BLANK || isIn(source[to - 2], SPACE)) return false;
    const rowFrom = Math.max(from, source.lastIndexOf(CR, to - 1) + 1);
    return (to - rowFrom) * MIN_PART >= this.columns;
  }

  protected take(source: Uint8Array, from: number, to: number): void {
    this.#sequence.begin();
    this.hasWraps = false;
    this.#rowFrom = 0;
    for (let at = from; at < to; ) {
      at = this.takeRun(source, at, to);
      if (at >= to) return;
      if (source[at] === ESC) at = this.#afterSequence(source, at, to);
      else at = source[at] === CR ? this.#afterReturn(source, at, to) : at + 1;
    }
  }

  /** The parts of it that stand in different rows, each by itself. */
  override inSource(hit: TextHit): readonly TextHit[] {
    const parts: TextHit[] = [];
    let begin = hit.start;
    for (let at = hit.start + 1; at <= hit.end; at++) {
      if (at < hit.end && this.startOf(at) === this.endOf(at)) continue;
      parts.push({ ...hit, start: this.startOf(begin), end: this.endOf(at) });
      begin = at;
    }
    return parts;
  }

  #afterReturn(source: Uint8Array, from: number, to: number): number {
    const { bytes, length } = this;
    let at = from + 1;
    while (at < to && source[at] === CR) at++;
    const next = at < to ? source[at] : undefined;
    const isLong = (length - this.#rowFrom) * MIN_PART >= this.columns;
    this.#rowFrom = length;
    if (next === LF) {
      this.hasWraps = true;
      return at + 1;
    }
    const isWrap = bytes[length - 1] === BLANK ? !isIn(bytes[length - 2], SPACE) : next === bytes[length - 1];
    if (isLong && length > 1 && isWrap) {
      this.hasWraps = true;
      this.length--;
      this.#rowFrom--;
    }
    return at;
  }

  #afterSequence(source: Uint8Array, at: number, to: number): number {
    this.#sequence.read(source, at, to);
    if (this.#sequence.kind === 'row') this.put(BLANK, at, this.#sequence.end);
    return this.#sequence.end;
  }
}
