// SPDX-License-Identifier: Apache-2.0
import { AnchorCursor } from '../text/anchor-cursor.ts';
import { BASE64_BYTE, DOT, isIn, runEnd, SPACE } from '../text/byte-class.ts';
import { LineScanner } from '../text/line-scanner.ts';
import { liveEnd } from '../text/live-end.ts';
import { mayHoldSecret } from '../text/may-hold-secret.ts';
import { joinHits, NO_HITS, type TextHit } from '../text/text-hit.ts';
import { type Inflate, type ScanOptions, TextScanner } from '../text/text-scanner.ts';
import { ClearedReading } from './cleared-reading.ts';
import { nextControl, nextUnseen } from './control-bytes.ts';
import { isText } from './is-text.ts';
import { LiteralReading } from './literal-reading.ts';
import { PrintedReading } from './printed-reading.ts';
import type { Reading } from './reading.ts';
import { ShownReading } from './shown-reading.ts';
import { UnwrappedReading } from './unwrapped-reading.ts';

const CR = 0x0d;
const BLANK = 0x20;
/** A bootstrap token's first half, its dot and a byte. */
const MIN_BEGUN = 8;
const LIVE: ScanOptions = { isLive: true, isTerminal: true };

/** What is known of a line so far that may go on. */
export interface OpenLine {
  /** What must be masked if nothing else comes, in order and without overlap. */
  readonly hits: readonly TextHit[];
  /** Where the first credential begins that may not be over yet; where the text ends if none is open. */
  readonly openFrom: number;
  /** Where something begins that looks like a credential so far, and may be none; where the text ends if nothing does. */
  readonly liveFrom: number;
  /** What of that must be masked if nothing else comes for long. */
  readonly liveHits: readonly TextHit[];
  /** What stands before this can't become part of a credential any more; at most `openFrom` and `liveFrom`. */
  readonly settledTo: number;
  /** Where a sequence begins that the text breaks off in; where the text ends if it breaks off in none. */
  readonly wholeTo: number;
}

/** A `LiveEnd`, where it stands in the line. */
interface LiveSpan {
  readonly from: number;
  readonly hits: readonly TextHit[];
  readonly hasMark: boolean;
}

/**
 * Finds credentials in the lines of a terminal: in what was printed, in what shows of it after the cursor has moved, and
 * in what control sequences contain. Remembers from line to line what `LineScanner` does. Offsets count bytes as they came.
 */
export class TerminalLine {
  readonly #scanner: TextScanner;
  readonly #lines: LineScanner;
  readonly #printed = new PrintedReading();
  readonly #literal = new LiteralReading();
  readonly #cleared = new ClearedReading();
  readonly #shown = new ShownReading(this.#printed);
  readonly #unwrapped = new UnwrappedReading();
  /** Where the first hit begins that reaches the end of its text. */
  #openFrom = 0;

  constructor(inflate: Inflate) {
    this.#scanner = new TextScanner(inflate);
    this.#lines = new LineScanner(this.#scanner, { isConfig: false, mayBeginInside: false, isTerminal: true });
  }

  /** How wide the terminal is, where line editors begin new rows. */
  resize(columns: number): void {
    this.#unwrapped.columns = columns;
  }

  /** Whether nothing is remembered: a line in which no anchor stands then has no hits. */
  get isIdle(): boolean {
    return this.#lines.isIdle;
  }

  /** Whether there may be hits in whole lines, as long as nothing is remembered. */
  mayHit(bytes: Uint8Array, from: number, to: number): boolean {
    const printed = this.#printed;
    printed.read(bytes, from, to);
    if (holdsMark(printed)) return true;
    const others = [
      ...(printed.hasMoves ? [this.#shown] : []),
      ...(printed.hasMoves && this.#unwrapped.columns > 0 ? [this.#unwrapped] : []),
      ...(printed.hasSequences ? [this.#literal] : []),
      ...(nextUnseen(bytes, from, to) < to ? [this.#cleared] : []),
    ];
    return others.some((reading) => {
      reading.read(bytes, from, to);
      return holdsMark(reading);
    });
  }

  /** Hits in a line that is complete, without its line feed; `isCut` if the stream ends in it. */
  closedHits(bytes: Uint8Array, from: number, to: number, isCut: boolean): readonly TextHit[] {
    const scan = (text: Uint8Array, start: number, end: number) => this.#lines.scanLine(text, start, end, isCut);
    return this.#hits(bytes, from, endOfText(bytes, from, to), { isCut, isTerminal: true }, scan);
  }

  /** How many columns a row takes, as far as its bytes say: `bytes[from, to)` is one, with what ends it. */
  columnsOf(bytes: Uint8Array, from: number, to: number): number {
    this.#shown.read(bytes, from, to);
    return this.#shown.columns;
  }

  /** Hits in a part of a line that is longer than is held. */
  partHits(bytes: Uint8Array, from: number, to: number, isCut: boolean): readonly TextHit[] {
    const scan = (text: Uint8Array, start: number, end: number) =>
      this.#scanner.scanText(text, start, end, { isCut, isTerminal: true });
    return this.#hits(bytes, from, endOfText(bytes, from, to), { isCut, isTerminal: true }, scan);
  }

  /** What is there of a line that goes on; `isPart` if it is longer than is held, and its beginning is gone. */
  open(bytes: Uint8Array, from: number, to: number, isPart: boolean): OpenLine {
    const end = this.#openEnd(bytes, from, to);
    this.#openFrom = to;
    const scan = isPart
      ? (text: Uint8Array, start: number, stop: number) => this.#scanner.scanText(text, start, stop, LIVE)
      : (text: Uint8Array, start: number, stop: number) => this.#lines.peekLine(text, start, stop);
    return this.#openLine(bytes, from, end, to, this.#hits(bytes, from, end, LIVE, scan), this.#printed);
  }

  /** Hits in words that go on over the rows of a line, each of which is looked at by itself too. */
  rowsHits(bytes: Uint8Array, from: number, to: number, isCut: boolean): readonly TextHit[] {
    return this.#unwrappedHits(bytes, from, endOfText(bytes, from, to), { isCut, isTerminal: true });
  }

  /** Like `open`, of words that go on over the rows of a line, each of which is looked at by itself too. */
  openRows(bytes: Uint8Array, from: number, to: number): OpenLine {
    const end = this.#openEnd(bytes, from, to);
    this.#openFrom = to;
    this.#printed.read(bytes, from, end);
    if (this.#printed.hasSequences) this.#literal.read(bytes, from, end);
    return this.#openLine(bytes, from, end, to, this.#unwrappedHits(bytes, from, end, LIVE), this.#unwrapped);
  }

  #unwrappedHits(bytes: Uint8Array, from: number, to: number, options: ScanOptions): readonly TextHit[] {
    const reading = this.#unwrapped;
    reading.read(bytes, from, to);
    if (!this.#mayHit(reading.bytes, 0, reading.length, options)) return NO_HITS;
    const hits: TextHit[] = [];
    reading.map();
    this.#addTo(hits, reading, this.#scanner.scanText(reading.bytes, 0, reading.length, options), 0);
    return hits;
  }

  /** The reading is that of the words that may go on. */
  #openLine(
    bytes: Uint8Array,
    from: number,
    end: number,
    to: number,
    hits: readonly TextHit[],
    reading: Reading,
  ): OpenLine {
    const live = this.#live(bytes, from, end, to, reading);
    const found = live.hasMark ? joinHits([...hits, ...live.hits]) : hits;
    const openFrom = live.hasMark ? Math.min(this.#openFrom, live.from) : this.#openFrom;
    const wordFrom = Math.min(openFrom, live.from, this.#wordFrom(bytes, from, end, to, reading));
    const settledTo = found.find(({ start, end: stop }) => start < wordFrom && stop > wordFrom)?.start ?? wordFrom;
    const liveHits = live.hasMark ? NO_HITS : live.hits;
    return {
      hits: found,
      openFrom,
      liveFrom: live.from,
      liveHits,
      settledTo,
      wholeTo: this.#wholeTo(bytes, from, end, to),
    };
  }

  /** A blank that may be the first half of a wrap waits with the word before it, as if it were not there yet. */
  #openEnd(bytes: Uint8Array, from: number, to: number): number {
    if (endsInWrap(bytes, from, to)) return to;
    return this.#unwrapped.mayWrap(bytes, from, to) ? to - 1 : endOfText(bytes, from, to);
  }

  /** The line is the one in which hits were looked for last. */
  #live(bytes: Uint8Array, from: number, end: number, to: number, reading: Reading): LiveSpan {
    const isPlain = nextControl(bytes, from, end) === end;
    const live = isPlain ? liveEnd(bytes, from, end) : liveEnd(reading.bytes, 0, reading.length);
    const { hit, hasMark } = live;
    if (live.from === (isPlain ? end : reading.length)) return { from: to, hits: NO_HITS, hasMark };
    if (isPlain) return { from: live.from, hits: hit === undefined ? NO_HITS : [hit], hasMark };
    reading.map();
    return { from: reading.startOf(live.from), hits: hit === undefined ? NO_HITS : reading.inSource(hit), hasMark };
  }

  /**
   * After the last blank of what was read, or before the sequence that breaks off there. A word that stands in a
   * control string, and that nothing has ended, goes on with what is printed next. The line is the one in which hits were
   * looked for last.
   */
  #wordFrom(bytes: Uint8Array, from: number, end: number, to: number, reading: Reading): number {
    const isPlain = nextControl(bytes, from, end) === end;
    if (isPlain) {
      const start = wordStart(bytes, from, end);
      return start === end ? to : start;
    }
    const readFrom = lastWordOf(reading) ?? to;
    if (!this.#printed.hasSequences) return readFrom;
    return Math.min(readFrom, lastWordOf(this.#literal) ?? to, this.#wholeTo(bytes, from, end, to));
  }

  #wholeTo(bytes: Uint8Array, from: number, end: number, to: number): number {
    const isPlain = nextControl(bytes, from, end) === end;
    return isPlain || this.#printed.openAt === end ? to : this.#printed.openAt;
  }

  #hits(
    bytes: Uint8Array,
    from: number,
    to: number,
    options: ScanOptions,
    scanLine: (text: Uint8Array, start: number, end: number) => readonly TextHit[],
  ): readonly TextHit[] {
    if (nextControl(bytes, from, to) === to) {
      const hits = this.#mayHit(bytes, from, to, options) ? inText(bytes, scanLine(bytes, from, to)) : NO_HITS;
      this.#noteOpen(hits, bytes, to);
      return hits;
    }
    const printed = this.#printed;
    printed.read(bytes, from, to);
    const hits: TextHit[] = [];
    if (this.#mayHit(printed.bytes, 0, printed.length, options)) {
      printed.map();
      this.#addTo(hits, printed, scanLine(printed.bytes, 0, printed.length), options.isLive === true ? to : 0);
    }
    if (printed.hasMoves) {
      this.#shown.read(bytes, from, to);
      this.#scanReading(hits, this.#shown, options);
      if (this.#unwrapped.columns > 0) this.#unwrapped.read(bytes, from, to);
      if (this.#unwrapped.columns > 0 && this.#unwrapped.hasWraps) this.#scanReading(hits, this.#unwrapped, options);
    }
    if (printed.hasSequences) {
      this.#literal.read(bytes, from, to);
      this.#scanReading(hits, this.#literal, options);
    }
    if (nextUnseen(bytes, from, to) < to) {
      this.#cleared.read(bytes, from, to);
      this.#scanReading(hits, this.#cleared, options);
    }
    return hits.length === 0 ? NO_HITS : joinHits(hits);
  }

  #mayHit(bytes: Uint8Array, from: number, to: number, { isLive = false }: ScanOptions): boolean {
    return !this.#lines.isIdle || mayHoldSecret(bytes, from, to) || (isLive && mayEndInSecret(bytes, from, to));
  }

  #scanReading(hits: TextHit[], reading: Reading, options: ScanOptions): void {
    if (!mayHoldSecret(reading.bytes, 0, reading.length)) return;
    reading.map();
    this.#addTo(hits, reading, this.#scanner.scanText(reading.bytes, 0, reading.length, options), 0);
  }

  /** What goes on takes with it the sequences that come after it, to `openTo` at least: the rest of it comes after them. */
  #addTo(hits: TextHit[], reading: Reading, found: readonly TextHit[], openTo: number): void {
    for (const hit of inText(reading.bytes, found)) {
      const isOpen = this.#isOpen(hit, reading.bytes, reading.length);
      for (const part of reading.inSource(hit)) {
        if (isOpen) this.#openFrom = Math.min(this.#openFrom, part.start);
        hits.push(isOpen && part.end < openTo ? { ...part, end: openTo } : part);
      }
    }
  }

  #noteOpen(hits: readonly TextHit[], bytes: Uint8Array, to: number): void {
    for (const hit of hits) if (this.#isOpen(hit, bytes, to)) this.#openFrom = Math.min(this.#openFrom, hit.start);
  }

  /** Whether a hit may go on in what comes: over the blanks too, in a value of several lines. */
  #isOpen({ end }: TextHit, bytes: Uint8Array, to: number): boolean {
    let at = end;
    if (!this.#lines.isIdle) while (at < to && isIn(bytes[at], SPACE)) at++;
    return at >= to;
  }
}

/** Without what a name alone tells, where that is no text. */
function inText(bytes: Uint8Array, hits: readonly TextHit[]): readonly TextHit[] {
  const isKept = ({ detector, start, end }: TextHit) => detector !== 'named-value' || isText(bytes, start, end);
  return hits.every(isKept) ? hits : hits.filter(isKept);
}

/** Like `mayHoldSecret`, which is quicker for a line. */
function holdsMark({ bytes, length }: Reading): boolean {
  return new AnchorCursor(bytes, 0, length).next(0) < length;
}

/** Whether a text that goes on may end in the beginning of what has no anchor: a bootstrap token, base64 of a text. */
function mayEndInSecret(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from >= MIN_BEGUN && runEnd(bytes, to - MIN_BEGUN, to, BASE64_BYTE | DOT) === to;
}

/** A terminal's lines end in CR LF. */
function endOfText(bytes: Uint8Array, from: number, to: number): number {
  return to > from && bytes[to - 1] === CR ? to - 1 : to;
}

/** In a blank and a carriage return behind a word, which may go on in the next row. */
function endsInWrap(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from > 2 && bytes[to - 1] === CR && bytes[to - 2] === BLANK && !isIn(bytes[to - 3], SPACE);
}

/** Where in its source the word begins that a reading ends with; undefined where a blank ends it. */
function lastWordOf(reading: Reading): number | undefined {
  const start = wordStart(reading.bytes, 0, reading.length);
  if (start === reading.length) return undefined;
  reading.map();
  return reading.startOf(start);
}

function wordStart(bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && !isIn(bytes[at - 1], SPACE)) at--;
  return at;
}
