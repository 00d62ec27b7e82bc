// SPDX-License-Identifier: Apache-2.0
import { automaton } from './anchors.ts';
import { MIN_RUN, nextRun, textShift } from './base64-runs.ts';
import { BASE64_BYTE, runEnd } from './byte-class.ts';

/**
 * Finds the places of raw bytes, as of a JSON document, near which a text engine could find something: where none
 * stands in a string, the string need not be scanned. One pass, however often it is asked.
 */
export class AnchorCursor {
  readonly #bytes: Uint8Array;
  readonly #to: number;
  #word: number;
  #run: number;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes;
    this.#to = to;
    this.#word = from - 1;
    this.#run = from - 1;
  }

  /**
   * The first place at or after `from` where an anchor or base64 of a text stands; `to` if there is none. `from` MUST NOT
   * fall from call to call.
   */
  next(from: number): number {
    if (this.#word < from) this.#word = nextWord(this.#bytes, from, this.#to);
    if (this.#run < from) this.#run = nextTextRun(this.#bytes, from, this.#to);
    return Math.min(this.#word, this.#run);
  }
}

function nextWord(bytes: Uint8Array, from: number, to: number): number {
  const { next, columnOf, firstEnding, rowBits } = automaton;
  let state = 0;
  for (let at = from; at < to; at++) {
    state = next[(state << rowBits) | (columnOf[bytes[at] as number] as number)] as number;
    if (state >= firstEnding) return at;
  }
  return to;
}

function nextTextRun(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  for (;;) {
    const start = nextRun(bytes, at, to);
    if (start < 0) return to;
    const end = runEnd(bytes, start, to, BASE64_BYTE);
    const mayBeToken = end - start === 16 && bytes[start - 1] === 0x2e;
    if (mayBeToken || (end - start >= MIN_RUN && textShift(bytes, start, end) >= 0)) return start;
    at = end;
  }
}
