// SPDX-License-Identifier: Apache-2.0
import type { TextHit } from '../text/text-hit.ts';
import { ENDS_RUN, IS_CONTROL, runTable } from './control-bytes.ts';
import { ESC } from './escape-sequence.ts';

const BACKSPACE = 0x08;
const CR = 0x0d;
/** What moves the cursor in a line, or may. */
const RUN = runTable([ESC, BACKSPACE, CR]);

/**
 * A text made of another one. What each byte was made of is known once `map` was called: most texts are looked at and let
 * go. Used again for the next text.
 */
export abstract class Reading {
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  protected starts: Uint32Array = new Uint32Array(0);
  protected ends: Uint32Array = new Uint32Array(0);
  protected isMapped = false;
  #source: Uint8Array = this.bytes;
  #from = 0;
  #to = 0;

  /** Where in the source begins what the byte at `at` was made of. */
  startOf(at: number): number {
    return this.starts[at] as number;
  }

  /** Where in the source ends what the byte before `at` was made of. */
  endOf(at: number): number {
    return this.ends[at - 1] as number;
  }

  /** What was found here, in the source. The reading MUST be mapped. */
  inSource(hit: TextHit): readonly TextHit[] {
    return [{ ...hit, start: this.startOf(hit.start), end: this.endOf(hit.end) }];
  }

  /** Reads `source[from, to)`: whole lines, or one without its end. */
  read(source: Uint8Array, from: number, to: number): void {
    this.#source = source;
    this.#from = from;
    this.#to = to;
    this.isMapped = false;
    this.#begin(this.capacityFor(to - from));
    this.take(source, from, to);
  }

  /** Finds out what each byte was made of. */
  map(): void {
    if (this.isMapped) return;
    this.isMapped = true;
    if (this.starts.length < this.bytes.length) {
      this.starts = new Uint32Array(this.bytes.length);
      this.ends = new Uint32Array(this.bytes.length);
    }
    this.length = 0;
    this.take(this.#source, this.#from, this.#to);
  }

  protected abstract take(source: Uint8Array, from: number, to: number): void;

  /** How many bytes are made of so many, at most. */
  protected capacityFor(length: number): number {
    return length;
  }

  /** Takes what is shown as it is, at least to the next control byte, and no further than one that moves the cursor. */
  protected takeRun(source: Uint8Array, from: number, to: number): number {
    if (this.isMapped) return this.#mapRun(source, from, to);
    const { bytes } = this;
    let { length } = this;
    let at = from;
    // Without a branch for what shows and what doesn't: in bytes that are no text nobody could guess it.
    for (; at < to; at++) {
      const byte = source[at] as number;
      const kind = RUN[byte] as number;
      if (kind === ENDS_RUN) break;
      bytes[length] = byte;
      length += kind;
    }
    this.length = length;
    return at;
  }

  #mapRun(source: Uint8Array, from: number, to: number): number {
    let at = from;
    for (; at < to && IS_CONTROL[source[at] as number] === 0; at++) this.put(source[at] as number, at, at + 1);
    return at;
  }

  protected put(byte: number, start: number, end: number): void {
    this.set(this.length++, byte, start, end);
  }

  protected set(at: number, byte: number, start: number, end: number): void {
    this.bytes[at] = byte;
    if (!this.isMapped) return;
    this.starts[at] = start;
    this.ends[at] = end;
  }

  #begin(capacity: number): void {
    this.length = 0;
    if (capacity > this.bytes.length) this.bytes = new Uint8Array(Math.max(256, 2 ** Math.ceil(Math.log2(capacity))));
  }
}
