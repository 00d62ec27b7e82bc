// SPDX-License-Identifier: Apache-2.0
import { BACKSLASH, CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './bytes.ts';
import { READ_ON } from './json-events.ts';

/**
 * Where the array or object that opens at `at` ends, in JSON that is known to be well-formed: some times faster than a
 * tokenizer, as nothing in it is looked at. `READ_ON` if it does not end before `limit`, or has more than `room` levels.
 */
export function endOfValue(bytes: Uint8Array, at: number, limit: number, room: number): number {
  let depth = 0;
  for (let i = at; i < limit; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) i = endOfString(bytes, i + 1, limit);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (++depth > room) return READ_ON;
    } else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) return i + 1;
  }
  return READ_ON;
}

/** Where the quote stands that ends a string, or behind all. */
function endOfString(bytes: Uint8Array, from: number, limit: number): number {
  let i = from;
  while (i < limit && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return i;
}
