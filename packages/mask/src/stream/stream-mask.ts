// SPDX-License-Identifier: Apache-2.0
import { ByteSink } from '../json/byte-sink.ts';
import { MaskError } from '../mask-error.ts';
import { AnchorCursor } from '../text/anchor-cursor.ts';
import { isIn, SPACE } from '../text/byte-class.ts';
import { joinHits, type TextHit } from '../text/text-hit.ts';
import type { TextMaskerOptions } from '../text/text-masker.ts';
import { nextControl } from './control-bytes.ts';
import { HeldLine } from './held-line.ts';
import { HitWriter } from './hit-writer.ts';
import { SuspectLines } from './suspect-lines.ts';
import { type OpenLine, TerminalLine } from './terminal-line.ts';

const LF = 0x0a;
const CR = 0x0d;
const NOTHING = new Uint8Array(0);
/** How long a word is held that nothing has ended, as long as nothing of it looks like a credential. */
const UNDECIDED_MS = 20;
/** How long a credential that is not over is waited for, and what looks like one, before it is masked as far as it is there. */
const OPEN_MS = 500;
/** Of what only looks like a credential no less is masked: so much of it may be what somebody types slowly. */
const MIN_LIVE_BYTES = 3;
/** A small piece that comes so soon after something was typed is its echo, and does not wait. */
const ECHO_MS = 250;
const ECHO_BYTES = 64;
/** In a longer line echoes wait like the rest: each would have all of it looked at. */
const ECHO_LINE_BYTES = 4_096;
/** So is one that goes on over rows: it ends only where a row does not fill the window. */
const ECHO_ROWS_BYTES = 512;
/** So much is kept of the rows before the one in which somebody types: it may name what is typed. */
const TYPED_ROWS_BYTES = 64;
/** Of a longer line, what is there is looked at again once it has grown by so much of itself, or when it is due. */
const GROWTH = 16;
const SHORT_BYTES = 1024;
/** In a line that goes on over rows. */
const SHORT_ROWS_BYTES = 256;

/** Masks one output of a session: a stream of bytes with time in it, in which lines need not be complete to be seen. */
export interface StreamMask {
  /**
   * Takes what came, in pieces of any size; gives what may go on now, which may be `bytes` itself. `nowMs` is of a clock
   * that never goes back.
   */
  push(bytes: Uint8Array, nowMs: number): Uint8Array;
  /** Says that something was typed: its echo does not wait, unless it may be part of a credential. */
  typed(nowMs: number): void;
  /** Says how wide the terminal is: a word that fills its row goes on in the next. */
  resized(columns: number): void;
  /** When to call `tick`; undefined as long as nothing is held that time alone lets go. */
  due(): number | undefined;
  /** Gives what may go on because time has passed. */
  tick(nowMs: number): Uint8Array;
  /** The stream has ended: gives what is left. */
  end(): Uint8Array;
  /** How many values each rule masked so far, by rule. */
  counts(): Readonly<Record<string, number>>;
}

/**
 * A masker for what a terminal or a command prints. It reads through control sequences, carriage returns, backspaces and
 * moves of the cursor in a line, and masks the values; all else goes on byte for byte. A word that no blank has ended
 * yet is held for 20 ms, and from where a credential has begun in it until that is over: after 500 ms it is masked as far
 * as it is there, and its rest when it comes. What only looks like one so far (`liveEnd`) is held as long, and then masked
 * as far as something of a secret is there, or goes on; as the echo of what was typed it goes on at once.
 * Whatever pieces bytes come in, masked is the same, as long as no time passes and nobody types, but for a word that is
 * wrapped before anything tells what it is. Holds at most 16 KiB of a line, 4 KiB and a row of rows that each fill the window.
 */
export function createStreamMask(options: TextMaskerOptions): StreamMask {
  return new TerminalMask(options);
}

class TerminalMask implements StreamMask {
  readonly #terminal: TerminalLine;
  readonly #line = new HeldLine();
  readonly #ready = new ByteSink();
  readonly #writer: HitWriter;
  /** What `TerminalLine` said of the line when it was looked at last. */
  #hits: readonly TextHit[] = [];
  #liveHits: readonly TextHit[] = [];
  /** In its rows that are over: each is read as a line too, since the end of a row may be that of a line. */
  #rowHits: TextHit[] = [];
  #heldFrom = 0;
  #lookedAt = 0;
  /** Since when something is held that is not known to be a credential, and that is. */
  #undecidedSince: number | undefined;
  #openSince: number | undefined;
  #typedAt: number | undefined;
  /** 0 where there is no terminal. */
  #columns = 0;
  #hasEnded = false;

  constructor(options: TextMaskerOptions) {
    this.#terminal = new TerminalLine(options.inflate);
    this.#writer = new HitWriter(options, this.#ready);
  }

  push(bytes: Uint8Array, nowMs: number): Uint8Array {
    this.#assertOpen();
    this.#letGo(nowMs);
    if (this.#passes(bytes)) {
      this.#typedAt = undefined;
      return this.#ready.length === 0 ? bytes : this.#withReady(bytes);
    }
    let at = 0;
    while (at < bytes.length) at = this.#line.isEmpty ? this.#takeLines(bytes, at) : this.#takePart(bytes, at);
    this.#settle(nowMs, this.#isEcho(bytes, nowMs));
    return this.#ready.take();
  }

  typed(nowMs: number): void {
    this.#typedAt = nowMs;
    this.#forgetRows();
  }

  resized(columns: number): void {
    this.#columns = columns;
    this.#terminal.resize(columns);
  }

  due(): number | undefined {
    const [undecided, open] = [this.#undecidedSince, this.#openSince];
    const times = [
      ...(undecided === undefined ? [] : [undecided + UNDECIDED_MS]),
      ...(open === undefined ? [] : [open + OPEN_MS]),
    ];
    return times.length === 0 ? undefined : Math.min(...times);
  }

  tick(nowMs: number): Uint8Array {
    this.#assertOpen();
    this.#letGo(nowMs);
    return this.#ready.take();
  }

  end(): Uint8Array {
    this.#assertOpen();
    this.#hasEnded = true;
    this.#endLine(true);
    return this.#ready.length === 0 ? NOTHING : this.#ready.take();
  }

  counts(): Readonly<Record<string, number>> {
    return this.#writer.counts();
  }

  /** Whole lines in which nothing can be found. */
  #passes(bytes: Uint8Array): boolean {
    const to = bytes.length;
    if (!this.#line.isEmpty || bytes[to - 1] !== LF || !this.#terminal.isIdle) return false;
    return nextControl(bytes, 0, to) === to && new AnchorCursor(bytes, 0, to).next(0) === to;
  }

  #withReady(bytes: Uint8Array): Uint8Array {
    this.#ready.put(bytes);
    return this.#ready.take();
  }

  /**
   * Takes lines that are complete where they stand, to a row that fills the window, whatever is in it: what its last word
   * is may be told by the next row. Of such a row, or of a line that is not complete, takes the beginning.
   */
  #takeLines(bytes: Uint8Array, from: number): number {
    const to = this.#firstFullRow(bytes, from, bytes.lastIndexOf(LF) + 1);
    if (to <= from) return this.#takePart(bytes, from);
    const suspects = new SuspectLines(this.#terminal, bytes, from, to);
    let passed = from;
    for (let line = suspects.next(from); line < to; line = suspects.next(line)) {
      const lineEnd = bytes.indexOf(LF, line);
      if (lineEnd - line > HeldLine.MAX_BYTES) {
        this.#ready.putRange(bytes, passed, line);
        return this.#takePart(bytes, line);
      }
      const hits = this.#terminal.closedHits(bytes, line, lineEnd, false);
      if (hits.length > 0) {
        this.#writer.write(bytes, passed, lineEnd, hits);
        passed = lineEnd;
      }
      line = lineEnd + 1;
    }
    this.#ready.putRange(bytes, passed, to);
    this.#typedAt = undefined;
    return to;
  }

  /** Takes the next part of the line that is held, to its end or as much as may be held. */
  #takePart(bytes: Uint8Array, from: number): number {
    if (this.#line.room === 0 && bytes[from] !== LF) this.#makeRoom(HeldLine.KEPT_BYTES);
    else if (this.#line.hasManyRows) this.#makeRoom(HeldLine.KEPT_ROWS_BYTES);
    const lineEnd = bytes.indexOf(LF, from);
    const end = lineEnd < 0 ? bytes.length : lineEnd;
    const to = Math.min(end, from + this.#line.room);
    this.#line.append(bytes, from, to);
    if (to === lineEnd && this.#isWrapped()) {
      this.#endRow();
      this.#line.append(bytes, to, to + 1);
      this.#line.beginRow();
      return to + 1;
    }
    if (to === lineEnd) {
      this.#endLine(false);
      this.#ready.putByte(LF);
      return to + 1;
    }
    return to;
  }

  /** Where the first of whole lines begins that is a row that fills the window; `to` if none does. */
  #firstFullRow(bytes: Uint8Array, from: number, to: number): number {
    if (this.#columns === 0) return to;
    for (let line = from; line < to; ) {
      const lineEnd = bytes.indexOf(LF, line);
      if (this.#isFullRow(bytes, line, lineEnd)) return line;
      line = lineEnd + 1;
    }
    return to;
  }

  /** Whether a row, to its CR, fills the window with a word, or with one and a blank: there line editors begin the next. */
  #isFullRow(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#columns === 0 || to - from <= this.#columns || bytes[to - 1] !== CR) return false;
    let end = to - 1;
    while (end > from && bytes[end - 1] === CR) end--;
    if (isIn(bytes[end - 1], SPACE) && isIn(bytes[end - 2], SPACE)) return false;
    return this.#terminal.columnsOf(bytes, from, to) === this.#columns;
  }

  /** Whether the line that is held goes on in the next row. */
  #isWrapped(): boolean {
    const { bytes, length, room, isSwallowed, rowFrom } = this.#line;
    return !isSwallowed && room > 0 && this.#isFullRow(bytes, rowFrom, length);
  }

  #endRow(): void {
    this.#rowHits.push(...this.#lastRowHits(false));
  }

  #lastRowHits(isCut: boolean): readonly TextHit[] {
    const { bytes, length, isPart, rowFrom } = this.#line;
    return isPart && rowFrom === 0
      ? this.#terminal.partHits(bytes, 0, length, isCut)
      : this.#terminal.closedHits(bytes, rowFrom, length, isCut);
  }

  #openLine(): OpenLine {
    const { bytes, length, isPart, rowFrom } = this.#line;
    if (rowFrom === 0) return this.#terminal.open(bytes, 0, length, isPart);
    const all = this.#terminal.openRows(bytes, 0, length);
    const last = this.#terminal.open(bytes, rowFrom, length, false);
    return {
      hits: joinHits([...this.#rowHits, ...all.hits, ...last.hits]),
      openFrom: Math.min(all.openFrom, last.openFrom),
      liveFrom: Math.min(all.liveFrom, last.liveFrom),
      liveHits: [...all.liveHits, ...last.liveHits],
      settledTo: Math.min(all.settledTo, last.settledTo),
      wholeTo: Math.min(all.wholeTo, last.wholeTo),
    };
  }

  #endLine(isCut: boolean): void {
    const line = this.#line;
    if (!line.isSwallowed && (line.length > 0 || isCut)) {
      const last = this.#lastRowHits(isCut);
      const all = line.hasRows ? this.#terminal.rowsHits(line.bytes, 0, line.length, isCut) : [];
      this.#release(line.length, line.hasRows ? joinHits([...this.#rowHits, ...last, ...all]) : last);
    }
    line.clear();
    this.#rowHits = [];
    // What comes next is no echo, but what a command says to what was typed.
    this.#typedAt = undefined;
    this.#writer.endLine();
    this.#lookedAt = 0;
    this.#hold(undefined, undefined);
  }

  /** The line is as long as may be held: lets go of what is not `kept`. A credential that fills that takes the rest of its line. */
  #makeRoom(kept: number): void {
    const line = this.#line;
    if (line.isSwallowed) {
      line.forgetAll();
      return;
    }
    const { hits, openFrom, settledTo } = this.#openLine();
    const half = line.length - kept;
    if (openFrom < half) {
      this.#release(line.length, hits);
      line.swallow();
    } else {
      const to = Math.max(half, settledTo);
      this.#release(hits.find(({ start, end }) => start < to && end > to)?.end ?? to, hits);
      this.#forget(half);
    }
    this.#lookedAt = 0;
  }

  /** Of rows that have gone on, and before which nothing is open, all but the last: each echo would have them looked at. */
  #forgetRows(): void {
    const line = this.#line;
    if (line.isSwallowed || line.released < line.length || this.#writer.isMasking) return;
    // What is masked at the end of a row goes on in the next one, however long ago its name was.
    let rowEnd = line.rowFrom;
    while (rowEnd > 0 && isIn(line.bytes[rowEnd - 1], SPACE)) rowEnd--;
    if (this.#hits.some(({ end }) => end >= rowEnd) || this.#rowHits.some(({ end }) => end >= rowEnd)) return;
    const count = line.rowFrom - TYPED_ROWS_BYTES;
    if (count > 0) this.#forget(count);
  }

  #forget(count: number): void {
    this.#line.forget(count);
    this.#lookedAt = Math.max(0, this.#lookedAt - count);
    this.#rowHits = this.#rowHits
      .filter((hit) => hit.end > count)
      .map((hit) => ({ ...hit, start: Math.max(0, hit.start - count), end: hit.end - count }));
  }

  /** Lets go of what is decided of the line that is held. */
  #settle(nowMs: number, isEcho: boolean): void {
    const line = this.#line;
    if (line.isEmpty || line.isSwallowed) {
      line.forgetSwallowed();
      this.#hold(undefined, undefined);
      return;
    }
    const grown = line.length - this.#lookedAt;
    const isDue = line.length <= (line.hasRows ? SHORT_ROWS_BYTES : SHORT_BYTES) || grown * GROWTH >= line.length;
    const isShown = isEcho && line.length <= (line.hasRows ? ECHO_ROWS_BYTES : ECHO_LINE_BYTES);
    if (isDue || isShown) this.#look(nowMs, isShown ? 'echo' : 'settled');
    else this.#undecidedSince ??= nowMs;
  }

  /** Looks at the line, and lets go of what is settled, or of what is undecided too, or of all in which nothing is open. */
  #look(nowMs: number, upTo: 'settled' | 'undecided' | 'echo'): void {
    const line = this.#line;
    const { hits, openFrom, liveFrom, liveHits, settledTo, wholeTo } = this.#openLine();
    const heldFrom = Math.min(openFrom, liveFrom);
    const isFirst = heldFrom !== this.#heldFrom || this.#openSince === undefined;
    this.#hits = hits;
    this.#liveHits = liveHits;
    this.#heldFrom = heldFrom;
    this.#lookedAt = line.length;
    const released = line.released;
    // What has been masked as far as it was there goes on: that is not shown either.
    const goesOn = this.#writer.isMasking && (openFrom < released || liveHits.some(({ start }) => start < released));
    const upToWhere = { settled: settledTo, undecided: heldFrom, echo: openFrom };
    if (goesOn) this.#release(wholeTo, joinHits([...hits, ...liveHits]));
    else this.#release(upToWhere[upTo], hits);
    const isOpen = line.released < line.length && heldFrom < line.length;
    const isUndecided = line.released < Math.min(heldFrom, line.length);
    this.#hold(
      isUndecided ? (line.released > released ? nowMs : (this.#undecidedSince ?? nowMs)) : undefined,
      isOpen ? (isFirst ? nowMs : this.#openSince) : undefined,
    );
  }

  #hold(undecidedSince: number | undefined, openSince: number | undefined): void {
    this.#undecidedSince = undecidedSince;
    this.#openSince = openSince;
  }

  /** Lets go of what has been held long enough. */
  #letGo(nowMs: number): void {
    if (this.#undecidedSince !== undefined && nowMs >= this.#undecidedSince + UNDECIDED_MS) {
      this.#look(nowMs, 'undecided');
      this.#undecidedSince = undefined;
    }
    if (this.#openSince === undefined || nowMs < this.#openSince + OPEN_MS) return;
    if (this.#lookedAt < this.#line.length) this.#look(nowMs, 'undecided');
    if (this.#openSince !== undefined && nowMs >= this.#openSince + OPEN_MS) {
      // Of a few bytes what may be part of a credential is not told: somebody types, or it is shown in any case.
      const live = this.#liveHits.filter(({ end }) => end - this.#line.released >= MIN_LIVE_BYTES);
      this.#release(this.#line.length, joinHits([...this.#hits, ...live]));
      this.#hold(undefined, undefined);
    }
  }

  #release(to: number, hits: readonly TextHit[]): void {
    const line = this.#line;
    if (to <= line.released) return;
    this.#writer.write(line.bytes, line.released, to, hits);
    line.released = to;
  }

  #isEcho(bytes: Uint8Array, nowMs: number): boolean {
    return this.#typedAt !== undefined && nowMs - this.#typedAt <= ECHO_MS && bytes.length <= ECHO_BYTES;
  }

  #assertOpen(): void {
    if (this.#hasEnded) throw new MaskError('ERR_MASK_ENDED', 'this mask has ended already');
  }
}
