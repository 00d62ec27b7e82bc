// SPDX-License-Identifier: Apache-2.0
import { type ControlSequence, EscapeParser } from './escape-parser.ts';

/** A line of output as it can be read. */
export interface TextLine {
  /** Time of its first character, in microseconds. */
  readonly at: number;
  /** As it stood on the screen at last: overwritten characters are gone. Printable characters and nothing else. */
  readonly shown: string;
  /** Every character that was printed, in order, and what stood in strings that terminals don't show; where it differs. */
  readonly printed?: string;
}

/** Characters of a line, and of what was printed in it; longer ones come in pieces that overlap. */
export const MAX_LINE = 4_096;
/** What pieces have in common: a text of up to this length is never cut by them. */
export const LINE_OVERLAP = 256;
const TAB = 8;
/** Sequences that leave the line: cursor up, down, to a place; erase the screen; scroll. */
const LEAVING: ReadonlySet<string> = new Set('ABEFHfdJLMSTr');
/** What is printed but shows nothing, or shows in another place than it stands: marks of direction, zero widths. */
const UNSEEN = /[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Makes lines of what a terminal gets: no screen, one line with a cursor in it. CR, BS, tabs and the sequences that move,
 * insert or erase within a line are obeyed; those that go elsewhere end the line; the others are left out. Holds one line.
 */
export class TextLines {
  readonly #parser: EscapeParser;
  readonly #decoder = new TextDecoder();
  #lines: TextLine[] = [];
  #shown = '';
  #printed = '';
  #column = 0;
  #now = 0;
  #since: number | undefined;

  constructor() {
    this.#parser = new EscapeParser({
      text: (characters) => this.#text(characters),
      control: (code) => this.#control(code),
      csi: (sequence) => this.#csi(sequence),
      escape: (intermediates, final) => {
        if (intermediates === '' && 'DEMc'.includes(final)) this.#endLine();
      },
      string: (piece) => this.#print(piece),
    });
  }

  /** Lines that end with these bytes, which came at the time `at`. */
  push(bytes: Uint8Array, at: number): readonly TextLine[] {
    this.#now = at;
    this.#parser.push(this.#decoder.decode(bytes, { stream: true }));
    return this.#take();
  }

  /** The line that has not ended. */
  end(): readonly TextLine[] {
    this.#endLine();
    return this.#take();
  }

  #take(): readonly TextLine[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  #text(characters: string): void {
    let rest = characters.replace(UNSEEN, '');
    while (rest !== '') {
      if (this.#column >= MAX_LINE) this.#breakLine();
      const piece = rest.slice(0, MAX_LINE - this.#column);
      this.#print(piece);
      this.#put(piece);
      this.#column += piece.length;
      rest = rest.slice(piece.length);
    }
  }

  /** Puts characters over those at the cursor. */
  #put(characters: string): void {
    const before = this.#shown.slice(0, this.#column).padEnd(this.#column);
    this.#shown = before + characters + this.#shown.slice(this.#column + characters.length);
  }

  #print(piece: string): void {
    this.#since ??= this.#now;
    this.#printed += piece;
    while (this.#printed.length > 2 * MAX_LINE) this.#breakPrinted();
  }

  #control(code: number): void {
    if (code >= 10 && code <= 12) this.#endLine();
    else if (code === 13) this.#column = 0;
    else if (code === 8) this.#column = Math.max(0, this.#column - 1);
    else if (code === 9) this.#tab();
  }

  #tab(): void {
    const width = TAB - (this.#column % TAB);
    this.#moveTo(this.#column + width);
    this.#print(' '.repeat(width));
  }

  #csi({ prefix, params, intermediates, final }: ControlSequence): void {
    // No terminal has use for such a number: it is something that is hidden there.
    if (/\d{6}/.test(params)) this.#print(params);
    if (prefix === '' && intermediates === '') this.#obey(final, Number.parseInt(params, 10) || 0);
    else if (prefix === '?' && /^(?:47|1047|1049)$/.test(params)) this.#endLine();
  }

  #obey(final: string, number: number): void {
    const count = Math.min(Math.max(1, number), MAX_LINE);
    const after = this.#shown.slice(this.#column);
    if (LEAVING.has(final)) this.#endLine();
    else if (final === 'C' || final === 'a') this.#moveTo(this.#column + count);
    else if (final === 'D') this.#column = Math.max(0, this.#column - count);
    else if (final === 'G' || final === '`') this.#moveTo(count - 1);
    else if (final === 'K') this.#erase(number);
    else if (final === 'P') this.#replaceAfter(after.slice(count));
    else if (final === '@') this.#replaceAfter(' '.repeat(after === '' ? 0 : count) + after);
    else if (final === 'X') this.#put(' '.repeat(Math.min(count, after.length)));
    else if (final === 'b') this.#text(this.#shown.slice(0, this.#column).slice(-1).repeat(Math.min(count, 1_000)));
  }

  #moveTo(column: number): void {
    this.#column = Math.min(column, MAX_LINE - 1);
  }

  #erase(what: number): void {
    if (what === 0) this.#replaceAfter('');
    else
      this.#shown =
        ' '.repeat(what === 1 ? this.#column + 1 : 0) + this.#shown.slice(what === 1 ? this.#column + 1 : MAX_LINE);
  }

  #replaceAfter(after: string): void {
    this.#shown = (this.#shown.slice(0, this.#column) + after).slice(0, MAX_LINE);
  }

  #endLine(): void {
    this.#emit();
    this.#shown = '';
    this.#printed = '';
    this.#column = 0;
    this.#since = undefined;
  }

  /** A line that is too long goes on as another one, with the end of this. */
  #breakLine(): void {
    this.#emit();
    this.#shown = this.#shown.slice(-LINE_OVERLAP);
    this.#printed = this.#printed.slice(-LINE_OVERLAP);
    this.#column = this.#shown.length;
    this.#since = this.#now;
  }

  /** What is overwritten again and again, or never shown, is a line without anything to see. */
  #breakPrinted(): void {
    const piece = this.#printed.slice(0, MAX_LINE);
    this.#lines.push({ at: this.#since ?? this.#now, shown: '', printed: piece });
    this.#printed = this.#printed.slice(MAX_LINE - LINE_OVERLAP);
  }

  #emit(): void {
    const shown = this.#shown.trimEnd().toWellFormed();
    const printed = this.#printed.trimEnd().toWellFormed();
    if (shown === '' && printed === '') return;
    this.#lines.push({ at: this.#since ?? this.#now, shown, ...(printed === shown ? {} : { printed }) });
  }
}
