// SPDX-License-Identifier: Apache-2.0
import { automaton } from './anchors.ts';
import { AutomatonRun } from './automaton.ts';
import { bootstrapTokenStart, MIN_RUN, nextRun, textShift } from './base64-runs.ts';
import { BASE64_BYTE, runEnd } from './byte-class.ts';

/**
 * Finds the places of raw bytes, as of a JSON document, near which a text engine could find something: where none
 * stands in a string, the string need not be scanned. One pass, however often it is asked.
 */
export class AnchorCursor {
  readonly #bytes: Uint8Array;
  readonly #to: number;
  readonly #automaton = new AutomatonRun(automaton);
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
    if (this.#word < from) this.#word = this.#nextWord(from);
    if (this.#run < from) this.#run = nextTextRun(this.#bytes, from, this.#to);
    return Math.min(this.#word, this.#run);
  }

  #nextWord(from: number): number {
    this.#automaton.restart(from);
    return this.#automaton.advance(this.#bytes, this.#to) ? this.#automaton.at - 1 : this.#to;
  }
}

function nextTextRun(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  for (;;) {
    const start = nextRun(bytes, at, to);
    if (start < 0) return to;
    const end = runEnd(bytes, start, to, BASE64_BYTE);
    const mayBeToken = bootstrapTokenStart(bytes, from, start, end, to) >= 0;
    if (mayBeToken || (end - start >= MIN_RUN && textShift(bytes, start, end) >= 0)) return start;
    at = end;
  }
}
