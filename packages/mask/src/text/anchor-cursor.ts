// SPDX-License-Identifier: Apache-2.0
import { automaton, mayStandAt } from './anchors.ts';
import { AutomatonRun } from './automaton.ts';
import { EncodedRuns } from './encoded-runs.ts';

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
  readonly #runs = new EncodedRuns();

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes;
    this.#to = to;
    this.#word = from - 1;
    this.#run = from - 1;
    this.#runs.begin(bytes, from, to, false, false);
  }

  /**
   * The first place at or after `from` where an anchor or base64 of a text stands; `to` if there is none. `from` MUST NOT
   * fall from call to call.
   */
  next(from: number): number {
    if (this.#word < from) this.#word = this.#nextWord(from);
    if (this.#run < from) this.#run = this.#nextTextRun(from);
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
    if (from > this.#runs.at) this.#runs.at = from;
    const found = this.#runs.next(this.#to);
    if (found === undefined) return this.#to;
    this.#runs.at = found.runEnd;
    return Math.max(from, found.start);
  }
}
