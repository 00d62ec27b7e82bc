// SPDX-License-Identifier: Apache-2.0

/**
 * What a tokenizer tells of a document, in order. Offsets count bytes from the first byte ever given; `start` and
 * `end` of a key or string exclude the quotes; `escaped` says that the text holds at least one backslash.
 */
export interface JsonEvents {
  /**
   * Gives where the value ends, if all of it is known and nothing more must be told of it: at most `limit`, which is how
   * far there are bytes, and only if it has at most `room` levels. Otherwise `READ_ON`.
   */
  onOpen(isArray: boolean, at: number, limit: number, room: number): number;
  onClose(isArray: boolean, end: number): void;
  onKey(start: number, end: number, escaped: boolean): void;
  onString(start: number, end: number, escaped: boolean): void;
  /** A number, true, false or null. */
  onScalar(start: number, end: number): void;
  onDocument(end: number): void;
}

/** The value must be read. */
export const READ_ON = -1;

export interface JsonLimits {
  /** Deepest nesting of objects and arrays. */
  readonly maxDepth: number;
  /** One document and then only white space, or any number back to back (a watch). */
  readonly documents: 'one' | 'many';
  /** Whether a document may be an array. Scalars never are documents. */
  readonly arrayAtRoot: boolean;
}
