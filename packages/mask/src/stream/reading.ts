// SPDX-License-Identifier: Apache-2.0
import type { TextHit } from '../text/text-hit.ts';

/** A text made of another one, which knows of each byte what it was made of. Used again for the next text. */
export abstract class Reading {
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  protected starts: Uint32Array = new Uint32Array(0);
  protected ends: Uint32Array = new Uint32Array(0);

  /** Where in the source begins what the byte at `at` was made of. */
  startOf(at: number): number {
    return this.starts[at] as number;
  }

  /** Where in the source ends what the byte before `at` was made of. */
  endOf(at: number): number {
    return this.ends[at - 1] as number;
  }

  /** What was found here, in the source. */
  inSource(hit: TextHit): readonly TextHit[] {
    return [{ ...hit, start: this.startOf(hit.start), end: this.endOf(hit.end) }];
  }

  /** Begins a new text of at most `capacity` bytes. */
  protected begin(capacity: number): void {
    this.length = 0;
    if (capacity <= this.bytes.length) return;
    const size = Math.max(256, 2 ** Math.ceil(Math.log2(capacity)));
    this.bytes = new Uint8Array(size);
    this.starts = new Uint32Array(size);
    this.ends = new Uint32Array(size);
  }

  protected put(byte: number, start: number, end: number): void {
    this.set(this.length++, byte, start, end);
  }

  protected set(at: number, byte: number, start: number, end: number): void {
    this.bytes[at] = byte;
    this.starts[at] = start;
    this.ends[at] = end;
  }
}
