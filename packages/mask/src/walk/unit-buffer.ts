// SPDX-License-Identifier: Apache-2.0

const FIRST_BYTES = 4 * 1024;
const KEPT_BYTES = 64 * 1024;

/** The bytes of a stream that are still needed, addressed by their offset from the stream's first byte. */
export class UnitBuffer {
  #bytes = new Uint8Array(0);
  readonly #keptBytes: number;
  #base = 0;
  #length = 0;

  /** @param keptBytes a larger array is given back once a quarter of it is enough */
  constructor(keptBytes: number = KEPT_BYTES) {
    this.#keptBytes = keptBytes;
  }

  /** The backing array: byte `offset` of the stream is at `offset - base`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get base(): number {
    return this.#base;
  }

  /** Offset after the last byte held. */
  get end(): number {
    return this.#base + this.#length;
  }

  /** What the array takes. */
  get heldBytes(): number {
    return this.#bytes.length;
  }

  append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2, FIRST_BYTES));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = needed;
  }

  /** A view; valid until the next `append` or `release`. */
  slice(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(start - this.#base, end - this.#base);
  }

  /** Lets go of everything before an offset; says whether the array was given back, so that nothing else should keep it. */
  release(offset: number): boolean {
    const done = offset - this.#base;
    if (done <= 0) return false;
    const left = this.#length - done;
    const givesBack = this.#bytes.length > this.#keptBytes && left <= this.#bytes.length / 4;
    if (givesBack) this.#bytes = this.#bytes.slice(done, this.#length);
    else this.#bytes.copyWithin(0, done, this.#length);
    this.#length = left;
    this.#base = offset;
    return givesBack;
  }
}
