// SPDX-License-Identifier: Apache-2.0
import { C1_LEAD } from './control-bytes.ts';

export const ESC = 0x1b;
const BEL = 0x07;
const LF = 0x0a;
const BACKSLASH = 0x5c;
const CSI = 0x5b;
const SEMICOLON = 0x3b;
const ERASE_BELOW = 0x4a;
/** From a byte behind ESC to the C1 control that is the same. */
const C1_OFFSET = 0x40;
const STRING_TERMINATOR = 0x9c;
/** A sequence that is longer loses its ESC alone: what follows then counts as text. */
const MAX_SEQUENCE = 256;
/** No parameter counts for more. */
const MAX_PARAMETER = 9_999;

const set = (characters: string) =>
  new Uint8Array(256).map((_, byte) => (characters.includes(String.fromCharCode(byte)) ? 1 : 0));

/** OSC, DCS, PM, APC, SOS, and the title that screen sets: they hold a text of their own, up to BEL or ST. */
const opensString = set(']P^_Xk');
/** Of CSI: to another row. */
const csiMovesRow = set('ABEFHdefJSTLM');
/** Of CSI: along the row, or erasing, inserting and deleting in it. */
const csiMovesInRow = set('CDG`aKPX@');
/** Of sequences without parameters: to another row, to where the cursor was, a reset. */
const escMovesRow = set('DEM78c');

/** What a sequence does to the text about it. */
export type SequenceKind = 'in-row' | 'row' | 'string' | 'other';

/**
 * One control sequence of a terminal, read anew for each: CSI with its parameters, the strings, character sets, and the
 * sequences of two bytes.
 * @see ECMA-48 §5.3 to §5.6
 */
export class EscapeSequence {
  /** After its last byte. */
  end = 0;
  /** Whether the text breaks off in it. */
  isOpen = false;
  kind: SequenceKind = 'other';
  final = 0;
  /** The first one, 0 if it has none. */
  parameter = 0;
  /** In `#noEndFrom` to here nothing ends a string: a text that opens one again and again is looked through once. */
  #noEndTo = 0;
  #noEndFrom = 0;

  /** MUST be called before a text is read that may be another one, or be cut off elsewhere. */
  begin(): void {
    this.#noEndTo = 0;
  }

  /** Reads what begins with the ESC at `at`; or with a C1 control in UTF-8, which stands for ESC and another byte. */
  read(source: Uint8Array, at: number, to: number): void {
    this.isOpen = false;
    this.kind = 'other';
    this.final = 0;
    this.parameter = 0;
    const second = (source[at + 1] as number) - (source[at] === C1_LEAD ? C1_OFFSET : 0);
    if (at + 1 >= to) this.#open(to);
    else if (second === CSI) this.#readControl(source, at, to);
    else if (opensString[second] === 1) this.#readString(source, at, to);
    else this.#readShort(source, at, to);
  }

  #open(to: number): void {
    this.isOpen = true;
    this.end = to;
  }

  #readControl(source: Uint8Array, at: number, to: number): void {
    const limit = Math.min(to, at + MAX_SEQUENCE);
    let end = at + 2;
    let isFirst = true;
    for (; end < limit && (source[end] as number) >= 0x20 && (source[end] as number) < 0x40; end++) {
      const byte = source[end] as number;
      if (byte >= 0x30 && byte <= 0x39 && isFirst)
        this.parameter = Math.min(MAX_PARAMETER, this.parameter * 10 + byte - 0x30);
      else if (byte === SEMICOLON) isFirst = false;
    }
    if (end >= limit) {
      this.#breakOff(at, limit, to);
      return;
    }
    this.final = source[end] as number;
    const isWhole = this.final >= 0x40 && this.final < 0x7f;
    this.end = isWhole ? end + 1 : end;
    // What it erases of the row itself is what the sequence that erases in the row does.
    if (this.final === ERASE_BELOW && this.parameter === 0) this.kind = 'in-row';
    else if (csiMovesRow[this.final] === 1) this.kind = 'row';
    else if (csiMovesInRow[this.final] === 1) this.kind = 'in-row';
  }

  #readString(source: Uint8Array, at: number, to: number): void {
    const limit = Math.min(to, at + MAX_SEQUENCE);
    const end = this.#stringEnd(source, at + 2, limit);
    this.kind = 'string';
    if (end < limit && source[end] === LF) {
      this.end = end;
      return;
    }
    if (end >= limit || (source[end] === ESC && end + 1 >= to)) {
      this.#breakOff(at, limit, to);
      return;
    }
    this.end = source[end] === BEL ? end + 1 : end + 2;
  }

  /** Where the first of BEL, ST and LF stands from `from` on; at or behind the limit if there is none before it. */
  #stringEnd(source: Uint8Array, from: number, limit: number): number {
    const isKnown = from >= this.#noEndFrom && from < this.#noEndTo;
    if (!isKnown) this.#noEndFrom = from;
    let end = isKnown ? this.#noEndTo : from;
    while (end < limit && !endsString(source, end)) end++;
    this.#noEndTo = end;
    return end;
  }

  #readShort(source: Uint8Array, at: number, to: number): void {
    const limit = Math.min(to, at + MAX_SEQUENCE);
    let end = at + 1;
    while (end < limit && (source[end] as number) >= 0x20 && (source[end] as number) < 0x30) end++;
    if (end >= limit) {
      this.#breakOff(at, limit, to);
      return;
    }
    this.final = source[end] as number;
    this.end = this.final >= 0x30 && this.final < 0x7f ? end + 1 : end;
    if (end === at + 1 && escMovesRow[this.final] === 1) this.kind = 'row';
  }

  /** The text ends in it, or it is too long. */
  #breakOff(at: number, limit: number, to: number): void {
    if (limit === to && to - at < MAX_SEQUENCE) {
      this.#open(to);
      return;
    }
    this.kind = 'other';
    this.end = at + 1;
  }
}

/** At BEL or ST, and where the line ends: no sequence is read beyond it. */
function endsString(source: Uint8Array, at: number): boolean {
  const byte = source[at];
  if (byte === C1_LEAD) return source[at + 1] === STRING_TERMINATOR;
  return byte === BEL || byte === LF || (byte === ESC && source[at + 1] === BACKSLASH);
}
