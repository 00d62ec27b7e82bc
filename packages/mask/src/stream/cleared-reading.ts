// SPDX-License-Identifier: Apache-2.0
import { C1_LEAD, IS_CONTROL, unseenLength } from './control-bytes.ts';
import { ESC, EscapeSequence } from './escape-sequence.ts';
import { Reading } from './reading.ts';

const BLANK = 0x20;
/** The second byte of C1 controls that more belongs to: CSI, and those that open a string. */
const OPENERS: ReadonlySet<number | undefined> = new Set([0x90, 0x98, 0x9b, 0x9d, 0x9e, 0x9f]);

/**
 * What was printed in a line, without control bytes and sequences, also those that begin with a C1 control in UTF-8, and
 * without characters that have no width: what a terminal that knows them shows of it.
 */
export class ClearedReading extends Reading {
  readonly #sequence = new EscapeSequence();

  protected take(source: Uint8Array, from: number, to: number): void {
    this.#sequence.begin();
    for (let at = from; at < to; ) {
      const byte = source[at] as number;
      const unseen = unseenLength(source, at, to);
      if (byte === ESC || (unseen > 0 && byte === C1_LEAD && OPENERS.has(source[at + 1]))) {
        at = this.#afterSequence(source, at, to);
      } else if (unseen > 0) {
        at += unseen;
      } else {
        if (IS_CONTROL[byte] === 0) this.put(byte, at, at + 1);
        at++;
      }
    }
  }

  #afterSequence(source: Uint8Array, at: number, to: number): number {
    const sequence = this.#sequence;
    sequence.read(source, at, to);
    if (sequence.kind === 'row') this.put(BLANK, at, sequence.end);
    return sequence.end;
  }
}
