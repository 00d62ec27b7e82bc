// SPDX-License-Identifier: Apache-2.0

import type { TextHit } from '../text/text-hit.ts';
import { ENDS_RUN, IS_CONTROL, runTable } from './control-bytes.ts';
import { ESC, EscapeSequence } from './escape-sequence.ts';
import type { PrintedReading } from './printed-reading.ts';
import { Reading } from './reading.ts';

const BLANK = 0x20;
const TAB = 0x09;
const LF = 0x0a;
const BACKSPACE = 0x08;
const CR = 0x0d;
/** Terminals are no wider: farther right nothing is shown. */
const MAX_COLUMN = 1_000;
const TAB_WIDTH = 8;
/** What was corrected, and the sequences of colours, between two characters of one part. */
const MAX_GAP = 32;
/** Of a character that UTF-8 spells in several bytes, those after the first. */
const isContinuation = (byte: number) => (byte & 0xc0) === 0x80;
const RUN = runTable([ESC, BACKSPACE, CR, LF, TAB], isContinuation);

/**
 * What stands in a row of the terminal after a line was printed: what was overwritten, erased or stepped back over is
 * gone. Where a sequence moves the cursor to another row, a new one begins here. A character counts for one column; of
 * those that UTF-8 spells in several bytes, only the first stands here.
 */
export class ShownReading extends Reading {
  readonly #sequence = new EscapeSequence();
  /** What was printed of the same line. */
  readonly #printed: PrintedReading;
  /** Where the row at hand begins, and the cursor in it. */
  #row = 0;
  #column = 0;
  #capacity = 0;

  constructor(printed: PrintedReading) {
    super();
    this.#printed = printed;
  }

  /** How many columns its last row takes. */
  get columns(): number {
    return this.length - this.#row;
  }

  protected override capacityFor(length: number): number {
    this.#capacity = 2 * length + MAX_COLUMN;
    return this.#capacity;
  }

  protected take(source: Uint8Array, from: number, to: number): void {
    this.#sequence.begin();
    this.#row = 0;
    this.#column = 0;
    for (let at = from; at < to; ) {
      if (source[at] === ESC) at = this.#afterSequence(source, at, to);
      else {
        const end = this.#takeText(source, at, to);
        if (end === at) this.#takeByte(source[at] as number, at++);
        else at = end;
      }
    }
  }

  /** Takes what is appended to the row, without a look at each byte; gives where that ends. */
  #takeText(source: Uint8Array, from: number, to: number): number {
    const { bytes } = this;
    let { length } = this;
    if (this.isMapped || length !== this.#row + this.#column || length + to - from > this.#capacity) return from;
    let at = from;
    for (; at < to; at++) {
      const byte = source[at] as number;
      const kind = RUN[byte] as number;
      if (kind === ENDS_RUN) break;
      bytes[length] = byte;
      length += kind;
    }
    this.#column += length - this.length;
    this.length = length;
    return at;
  }

  #takeByte(byte: number, at: number): void {
    if (byte === LF) this.#beginRow(at, at + 1);
    else if (byte === CR) this.#column = 0;
    else if (byte === TAB) this.#moveRight((this.#column & -TAB_WIDTH) + TAB_WIDTH);
    else if (byte === BACKSPACE) this.#column = Math.max(0, this.#column - 1);
    else if (IS_CONTROL[byte] === 0 && !isContinuation(byte)) this.#print(byte, at);
  }

  /**
   * What was printed at different times, each by itself: what stands between was something else. Words that had been
   * printed, and ended, before the part that was printed last stay: in a stream they have gone on.
   */
  override inSource(hit: TextHit): readonly TextHit[] {
    this.#printed.map();
    const parts: TextHit[] = [];
    let begin = hit.start;
    for (let at = hit.start + 1; at <= hit.end; at++) {
      if (at < hit.end && this.#goesOn(at)) continue;
      parts.push({ ...hit, start: this.startOf(begin), end: this.endOf(at) });
      begin = at;
    }
    const last = Math.max(...parts.map(({ start }) => start));
    const from = this.#printed.wordBefore(last);
    return parts.flatMap((part) => (part.end <= from ? [] : [{ ...part, start: Math.max(part.start, from) }]));
  }

  /** Whether what stands at `at` was printed soon after what stands before it. */
  #goesOn(at: number): boolean {
    const gap = this.startOf(at) - this.endOf(at);
    return gap >= 0 && gap <= MAX_GAP;
  }

  #print(byte: number, at: number): void {
    const cell = this.#row + this.#column;
    if (cell >= this.#capacity) return;
    this.#fillTo(cell, at);
    this.set(cell, byte, at, at + 1);
    this.length = Math.max(this.length, cell + 1);
    this.#column++;
  }

  /** What the cursor skipped is blank. */
  #fillTo(cell: number, at: number): void {
    while (this.length < cell) this.put(BLANK, at, at);
  }

  #afterSequence(source: Uint8Array, at: number, to: number): number {
    const sequence = this.#sequence;
    sequence.read(source, at, to);
    if (sequence.kind === 'row') this.#beginRow(at, sequence.end);
    else if (sequence.kind === 'in-row') this.#move(sequence.final, sequence.parameter);
    return sequence.end;
  }

  #beginRow(at: number, end: number): void {
    if (this.length >= this.#capacity) return;
    this.put(LF, at, end);
    this.#row = this.length;
    this.#column = 0;
  }

  #move(final: number, parameter: number): void {
    const by = Math.max(1, parameter);
    switch (String.fromCharCode(final)) {
      case 'C':
      case 'a':
        this.#moveRight(this.#column + by);
        break;
      case 'D':
        this.#column = Math.max(0, this.#column - by);
        break;
      case 'G':
      case '`':
        this.#column = Math.min(MAX_COLUMN, by - 1);
        break;
      case 'J':
      case 'K':
        this.#erase(parameter);
        break;
      case 'P':
        this.#deleteCells(by);
        break;
    }
  }

  /** What is printed may be farther right than the cursor can be moved: it is never moved back by that. */
  #moveRight(column: number): void {
    this.#column = Math.max(this.#column, Math.min(MAX_COLUMN, column));
  }

  /** To the end of the row, or from its beginning, or all of it. */
  #erase(which: number): void {
    const cursor = Math.min(this.length, this.#row + this.#column);
    if (which === 0) this.length = cursor;
    else for (let at = this.#row; at < (which === 1 ? cursor : this.length); at++) this.bytes[at] = BLANK;
  }

  #deleteCells(count: number): void {
    const at = this.#row + this.#column;
    const from = Math.min(this.length, at + count);
    if (at >= this.length) return;
    this.bytes.copyWithin(at, from, this.length);
    this.starts.copyWithin(at, from, this.length);
    this.ends.copyWithin(at, from, this.length);
    this.length -= from - at;
  }
}
