// SPDX-License-Identifier: Apache-2.0
import type { NameMemo } from './name-memo.ts';

interface Column {
  readonly isHarmless: boolean;
  readonly isSecret: boolean;
}

/** The columns of a Table, by position. In a watch they stand in the first event only. */
export class TableColumns {
  readonly #harmless: readonly string[];
  readonly #names: NameMemo;
  #columns: Column[] = [];

  /** @param harmless names of columns that show no values */
  constructor(harmless: readonly string[], names: NameMemo) {
    this.#harmless = harmless;
    this.#names = names;
  }

  /** Forgets the columns of the Table before. */
  begin(): void {
    this.#columns = [];
  }

  /** Of a definition with two names, both must be harmless, and one is enough for a secret. */
  define(position: number, name: Uint8Array): void {
    const known = this.#columns[position];
    const text = String.fromCharCode(...name.subarray(0, 64));
    this.#columns[position] = {
      isHarmless: this.#harmless.includes(text) && known?.isHarmless !== false,
      isSecret: this.#names.isSecret(name, 0, name.length) || known?.isSecret === true,
    };
  }

  isHarmless(position: number): boolean {
    return this.#columns[position]?.isHarmless === true;
  }

  isSecret(position: number): boolean {
    return this.#columns[position]?.isSecret === true;
  }
}
