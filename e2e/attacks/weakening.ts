// SPDX-License-Identifier: Apache-2.0

/** A change of the product's text: what stands once in a file, and what stands there instead. */
export interface Edit {
  /** From the root of the tree. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Edits that open one row of the table of attacks, and the tries that must show it. */
export interface Weakening {
  readonly row: number;
  readonly what: string;
  readonly edits: readonly Edit[];
  /** Tries of the row, by what each is, or how that begins: each must fail. */
  readonly reddens: readonly string[];
}
