// SPDX-License-Identifier: Apache-2.0
import { AnchorCursor } from '../text/anchor-cursor.ts';
import { nextControl } from './control-bytes.ts';
import type { TerminalLine } from './terminal-line.ts';

const LF = 0x0a;
/** So much is judged together: most lines with control bytes in them have nothing else. */
const REGION_BYTES = 1024;

/** Finds the lines that must be looked at, among whole lines. Goes over them once. */
export class SuspectLines {
  readonly #terminal: TerminalLine;
  readonly #bytes: Uint8Array;
  readonly #to: number;
  readonly #anchors: AnchorCursor;
  #control: number;
  /** Lines before this are suspect, if anchors or control bytes stand in them. */
  #suspectTo: number;

  constructor(terminal: TerminalLine, bytes: Uint8Array, from: number, to: number) {
    this.#terminal = terminal;
    this.#bytes = bytes;
    this.#to = to;
    this.#anchors = new AnchorCursor(bytes, from, to);
    this.#control = from - 1;
    this.#suspectTo = from;
  }

  /** Where the next of them begins, at or after the line that begins at `from`; the end if there is none. */
  next(from: number): number {
    if (!this.#terminal.isIdle) return from;
    let line = from;
    while (line < this.#to) {
      const at = this.#nextMark(line);
      if (at >= this.#to) return this.#to;
      line = Math.max(line, this.#bytes.lastIndexOf(LF, at) + 1);
      if (line < this.#suspectTo) return line;
      const end = this.#regionEnd(line);
      if (end - line > REGION_BYTES || this.#terminal.mayHit(this.#bytes, line, end)) {
        this.#suspectTo = end;
        return line;
      }
      line = end;
    }
    return this.#to;
  }

  #nextMark(from: number): number {
    if (this.#control < from) this.#control = nextControl(this.#bytes, from, this.#to);
    return Math.min(this.#control, this.#anchors.next(from));
  }

  /** After the last line that ends within a region, or after the first. */
  #regionEnd(line: number): number {
    const end = this.#bytes.lastIndexOf(LF, Math.min(this.#to, line + REGION_BYTES) - 1) + 1;
    return end > line ? end : this.#bytes.indexOf(LF, line) + 1;
  }
}
