// SPDX-License-Identifier: Apache-2.0
import { isIn, SPACE } from '../text/byte-class.ts';
import { ESC, EscapeSequence } from './escape-sequence.ts';
import { Reading } from './reading.ts';

const BLANK = 0x20;
const BACKSPACE = 0x08;
const CR = 0x0d;

/**
 * What a program printed in a line, in its order: without control bytes and sequences, wherever they moved the cursor in
 * the line. A sequence that moves it to another row reads as a blank.
 */
export class PrintedReading extends Reading {
  /** Whether control sequences were left out. */
  hasSequences = false;
  /** Whether the cursor was moved in the line, so that what shows is another text. */
  hasMoves = false;
  /** Where a sequence begins that the line breaks off in; its end if none does. */
  openAt = 0;
  readonly #sequence = new EscapeSequence();

  protected take(source: Uint8Array, from: number, to: number): void {
    this.#sequence.begin();
    this.hasSequences = false;
    this.hasMoves = false;
    this.openAt = to;
    let at = from;
    while (at < to) {
      at = this.takeRun(source, at, to);
      if (at >= to) return;
      const byte = source[at] as number;
      if (byte === ESC) at = this.#afterSequence(source, at, to);
      else {
        if (byte === BACKSPACE || byte === CR) this.hasMoves = true;
        at++;
      }
    }
  }

  /** Where the word begins that stands, or would go on, at a place of the source. */
  wordBefore(at: number): number {
    let index = this.#indexOf(at);
    while (index > 0 && !isIn(this.bytes[index - 1], SPACE)) index--;
    return index === this.length ? at : this.startOf(index);
  }

  /** How many bytes are made of what begins before a place of the source. */
  #indexOf(at: number): number {
    let [index, over] = [0, this.length];
    while (index < over) {
      const middle = (index + over) >>> 1;
      if (this.startOf(middle) < at) index = middle + 1;
      else over = middle;
    }
    return index;
  }

  #afterSequence(source: Uint8Array, at: number, to: number): number {
    const sequence = this.#sequence;
    sequence.read(source, at, to);
    if (sequence.isOpen) this.openAt = at;
    this.hasSequences = true;
    if (sequence.kind === 'row') this.put(BLANK, at, sequence.end);
    if (sequence.kind === 'in-row' || sequence.kind === 'row') this.hasMoves = true;
    return sequence.end;
  }
}
