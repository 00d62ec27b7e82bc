// SPDX-License-Identifier: Apache-2.0
import { IS_CONTROL } from './control-bytes.ts';
import { ESC, EscapeSequence } from './escape-sequence.ts';
import { Reading } from './reading.ts';

const BLANK = 0x20;
/** Before the text of a control string stand ESC and the byte that says which string it is. */
const INTRODUCER = 2;

/** A line with what its control strings contain, such as the titles of windows: each sequence begins with a blank here. */
export class LiteralReading extends Reading {
  readonly #sequence = new EscapeSequence();

  protected take(source: Uint8Array, from: number, to: number): void {
    let at = from;
    while (at < to) {
      if (source[at] === ESC) at = this.#putSequence(source, at, to);
      else this.#putText(source, at++);
    }
  }

  #putSequence(source: Uint8Array, at: number, to: number): number {
    const { end, kind } = this.#read(source, at, to);
    this.put(BLANK, at, at);
    if (kind === 'string') for (let each = at + INTRODUCER; each < end; each++) this.#putText(source, each);
    return end;
  }

  #read(source: Uint8Array, at: number, to: number): EscapeSequence {
    this.#sequence.read(source, at, to);
    return this.#sequence;
  }

  #putText(source: Uint8Array, at: number): void {
    const byte = source[at] as number;
    if (IS_CONTROL[byte] === 0) this.put(byte, at, at + 1);
  }
}
