// SPDX-License-Identifier: Apache-2.0
import { copyRange } from './bytes.ts';

const FIRST_BYTES = 256;
/** Of a larger array nothing is kept for what comes next. */
const KEPT_BYTES = 64 * 1024;
const NONE = new Uint8Array(0);

/** Collects output in one growing array, of which there is none until something comes: many sinks stay empty. */
export class ByteSink {
  #bytes = NONE;
  #length = 0;
  /** What is made room for at least, the next time that there is too little. */
  #leastBytes = 0;

  get length(): number {
    return this.#length;
  }

  putByte(byte: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = byte;
  }

  put(bytes: Uint8Array): void {
    this.putRange(bytes, 0, bytes.length);
  }

  /** Adds `bytes[from, to)`. */
  putRange(bytes: Uint8Array, from: number, to: number): void {
    const count = to - from;
    if (this.#length + count > this.#bytes.length) this.#grow(count);
    copyRange(bytes, from, to, this.#bytes, this.#length);
    this.#length += count;
  }

  /** A view of what was collected, valid until the next call of any kind. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = NONE;
  }

  /** Forgets what came after the first `length` bytes. */
  cutTo(length: number): void {
    this.#length = length;
    if (this.#bytes.length > KEPT_BYTES && length <= KEPT_BYTES) this.#bytes = this.#bytes.slice(0, length);
  }

  /** Gives what was collected away; the sink is empty then. */
  take(): Uint8Array {
    const taken = this.view();
    if (this.#length === 0) return taken;
    // As much may come again, or nothing more at all.
    this.#leastBytes = Math.min(this.#length + (this.#length >> 3), KEPT_BYTES);
    this.#bytes = NONE;
    this.#length = 0;
    return taken;
  }

  #grow(count: number): void {
    const least = Math.max(this.#bytes.length * 2, this.#leastBytes, FIRST_BYTES);
    const larger = new Uint8Array(Math.max(this.#length + count, least));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
