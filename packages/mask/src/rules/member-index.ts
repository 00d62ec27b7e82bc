// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';

interface Entry<T> {
  readonly name: Uint8Array;
  readonly value: T;
}

/** Looks values up by the bytes of a name, without making a string of each key that passes. */
export class MemberIndex<T> {
  readonly #byLength: Entry<T>[][] = [];

  set(name: string, value: T): void {
    const bytes = utf8(name);
    while (this.#byLength.length <= bytes.length) this.#byLength.push([]);
    this.#byLength[bytes.length]?.push({ name: bytes, value });
  }

  /** The value under the name that stands in `bytes[from, to)`. */
  get(bytes: Uint8Array, from: number, to: number): T | undefined {
    const candidates = this.#byLength[to - from];
    if (candidates === undefined) return undefined;
    for (const { name, value } of candidates) {
      let i = 0;
      while (i < name.length && name[i] === bytes[from + i]) i++;
      if (i === name.length) return value;
    }
    return undefined;
  }
}
