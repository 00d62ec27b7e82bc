// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';

const EMPTY = -1;

/** Looks values up by the bytes of a name, without making a string of each key that passes. */
export class MemberIndex<T> {
  readonly #values: T[] = [];
  /** All names, one after another; that of value `i` is `#bytes[#starts[i], #starts[i + 1])`. */
  #bytes = new Uint8Array(0);
  #starts = Int32Array.of(0);
  /** Positions in `#values`, in a table of a power of two that is at most a quarter full. */
  #slots = new Int32Array(1).fill(EMPTY);

  /** How many names there are. */
  get size(): number {
    return this.#values.length;
  }

  /** Adds a name; the last value of one counts. */
  set(name: string, value: T): void {
    this.#put(utf8(name), value);
  }

  /** Takes over all names of another index, with their values. */
  setAll(other: MemberIndex<T>): void {
    for (const [index, value] of other.#values.entries()) {
      this.#put(other.#bytes.subarray(other.#starts[index], other.#starts[index + 1]), value);
    }
  }

  /** The value under the name that stands in `bytes[from, to)`. */
  get(bytes: Uint8Array, from: number, to: number): T | undefined {
    const index = this.#find(bytes, from, to);
    return index === EMPTY ? undefined : this.#values[index];
  }

  #find(bytes: Uint8Array, from: number, to: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = slotOf(bytes, from, to) & mask;
    while (slots[slot] !== EMPTY && !this.#isAt(slots[slot] as number, bytes, from, to)) slot = (slot + 1) & mask;
    return slots[slot] as number;
  }

  #isAt(index: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[index] as number;
    if ((this.#starts[index + 1] as number) - start !== to - from) return false;
    const names = this.#bytes;
    let i = 0;
    while (from + i < to && names[start + i] === bytes[from + i]) i++;
    return from + i === to;
  }

  #put(name: Uint8Array, value: T): void {
    const known = this.#find(name, 0, name.length);
    if (known !== EMPTY) {
      this.#values[known] = value;
      return;
    }
    const index = this.#values.push(value) - 1;
    const bytes = new Uint8Array(this.#bytes.length + name.length);
    bytes.set(this.#bytes);
    bytes.set(name, this.#bytes.length);
    const starts = new Int32Array(this.#starts.length + 1).fill(bytes.length);
    starts.set(this.#starts);
    [this.#bytes, this.#starts] = [bytes, starts];
    if (this.#slots.length < this.#values.length * 4) this.#grow();
    else this.#place(index);
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(EMPTY);
    for (let index = 0; index < this.#values.length; index++) this.#place(index);
  }

  #place(index: number): void {
    const mask = this.#slots.length - 1;
    let slot = slotOf(this.#bytes, this.#starts[index] as number, this.#starts[index + 1] as number) & mask;
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.#slots[slot] = index;
  }
}

/** Of length and three bytes: enough to tell names of one object apart. */
function slotOf(bytes: Uint8Array, from: number, to: number): number {
  if (from === to) return 0;
  const first = Math.imul(bytes[from] as number, 0x85ebca6b);
  const middle = Math.imul(bytes[(from + to) >> 1] as number, 0xc2b2ae35);
  const last = Math.imul(bytes[to - 1] as number, 0x27d4eb2f);
  const hash = Math.imul(to - from, 0x9e3779b1) ^ first ^ middle ^ last;
  return hash ^ (hash >>> 15);
}
