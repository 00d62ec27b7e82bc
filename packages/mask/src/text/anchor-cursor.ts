// SPDX-License-Identifier: Apache-2.0
import { automaton, mayStandAt } from './anchors.ts';
import { AutomatonRun } from './automaton.ts';
import { bootstrapTokenStart, MIN_RUN, nextRun, textShift } from './base64-runs.ts';
import { BASE64_BYTE, runEnd } from './byte-class.ts';

/**
 * Finds the places of raw bytes, as of a JSON document, near which a text engine could find something: where none
 * stands in a string, the string need not be scanned. One pass, however often it is asked.
 */
export class AnchorCursor {
  readonly #bytes: Uint8Array;
  readonly #from: number;
  readonly #to: number;
  readonly #automaton = new AutomatonRun(automaton);
  #word: number;
  #run: number;
  /** Where the run of base64 ends that was looked at last. */
  #runEnd = 0;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes;
    this.#from = from;
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
    if (this.#run < from) this.#run = this.#nextTextRun(Math.max(from, this.#runEnd));
    return Math.min(this.#word, this.#run);
  }

  #nextWord(from: number): number {
    this.#automaton.restart(from);
    const run = this.#automaton;
    while (run.advance(this.#bytes, this.#to)) {
      if (mayStandAt(run.state, this.#bytes, run.at, this.#to)) return run.at - 1;
    }
    return this.#to;
  }

  #nextTextRun(from: number): number {
    const bytes = this.#bytes;
    const to = this.#to;
    for (let at = from; ; at = this.#runEnd) {
      const start = nextRun(bytes, at, to);
      if (start < 0) return to;
      this.#runEnd = runEnd(bytes, start, to, BASE64_BYTE);
      const mayBeToken = bootstrapTokenStart(bytes, this.#from, start, to) >= 0;
      if (mayBeToken || (this.#runEnd - start >= MIN_RUN && textShift(bytes, start, this.#runEnd) >= 0)) return start;
    }
  }
}
