// SPDX-License-Identifier: Apache-2.0
import { ESC, EscapeSequence } from './escape-sequence.ts';
import { Reading } from './reading.ts';

const BLANK = 0x20;
/** Before the text of a control string stand ESC and the byte that says which string it is. */
const INTRODUCER = 2;

/** A line with what its control strings contain, such as the titles of windows: each sequence begins with a blank here. */
export class LiteralReading extends Reading {
  readonly #sequence = new EscapeSequence();

  protected take(source: Uint8Array, from: number, to: number): void {
    this.#sequence.begin();
    let at = from;
    while (at < to) {
      at = this.takeRun(source, at, to);
      if (at < to) at = source[at] === ESC ? this.#putSequence(source, at, to) : at + 1;
    }
  }

  #putSequence(source: Uint8Array, at: number, to: number): number {
    const { end, kind } = this.#read(source, at, to);
    this.put(BLANK, at, at);
    if (kind === 'string') this.#putText(source, at + INTRODUCER, end);
    return end;
  }

  #read(source: Uint8Array, at: number, to: number): EscapeSequence {
    this.#sequence.read(source, at, to);
    return this.#sequence;
  }

  #putText(source: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at++) at = this.takeRun(source, at, to);
  }
}
