// SPDX-License-Identifier: Apache-2.0

const FIRST_BYTES = 256;

/** The line at hand, as far as it is there: its beginning too, once that has gone on, as it may name what follows. */
export class HeldLine {
  /** No more of a line is held. */
  static readonly MAX_BYTES: number = 16 * 1024;
  /** So much of it is kept when there must be room for more. */
  static readonly KEPT_BYTES: number = 8 * 1024;
  /** Of a line that goes on over rows no more is held where a row begins: such lines need not end, and are read twice. */
  static readonly MAX_ROWS_BYTES: number = 4 * 1024;
  /** So much of them is kept. */
  static readonly KEPT_ROWS_BYTES: number = 2 * 1024;

  #bytes = new Uint8Array(0);
  #length = 0;
  /** What stands before this has gone on, as it was or masked. */
  released = 0;
  /** Where its last row begins: after that many bytes, of which the last is a line feed. */
  #rowFrom = 0;
  #isPart = false;
  #isSwallowed = false;

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  get rowFrom(): number {
    return this.#rowFrom;
  }

  /** Whether it goes on over rows. */
  get hasRows(): boolean {
    return this.#rowFrom > 0;
  }

  /** Whether a row begins, and those before it are more than need be held: the same in whatever pieces they came. */
  get hasManyRows(): boolean {
    return this.#length === this.#rowFrom && this.#length > HeldLine.MAX_ROWS_BYTES;
  }

  /** Whether no line has begun. */
  get isEmpty(): boolean {
    return this.#length === 0 && !this.#isPart && !this.#isSwallowed;
  }

  /** Whether the line is longer than what is held, and its beginning is gone. */
  get isPart(): boolean {
    return this.#isPart;
  }

  /** Whether the rest of the line is part of a mask. */
  get isSwallowed(): boolean {
    return this.#isSwallowed;
  }

  /** How much more may be held. */
  get room(): number {
    return HeldLine.MAX_BYTES - this.#length;
  }

  append(source: Uint8Array, from: number, to: number): void {
    const needed = this.#length + to - from;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(
        Math.min(HeldLine.MAX_BYTES, Math.max(needed, this.#bytes.length * 2, FIRST_BYTES)),
      );
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(source.subarray(from, to), this.#length);
    this.#length = needed;
  }

  /** What is appended next stands in another row. */
  beginRow(): void {
    this.#rowFrom = this.#length;
  }

  /** Lets go of the first `count` bytes. */
  forget(count: number): void {
    this.#bytes.copyWithin(0, count, this.#length);
    this.#length -= count;
    this.released -= count;
    this.#rowFrom = Math.max(0, this.#rowFrom - count);
    this.#isPart = true;
  }

  /** From now on nothing of the line is shown. */
  swallow(): void {
    this.#isSwallowed = true;
    this.forgetAll();
  }

  forgetSwallowed(): void {
    if (this.#isSwallowed) this.forgetAll();
  }

  forgetAll(): void {
    this.#length = 0;
    this.released = 0;
    this.#rowFrom = 0;
  }

  /** The line has ended. */
  clear(): void {
    this.forgetAll();
    this.#isPart = false;
    this.#isSwallowed = false;
  }
}
