// SPDX-License-Identifier: Apache-2.0
import { ByteSink } from '../json/byte-sink.ts';
import { utf8 } from '../json/bytes.ts';
import { MaskError } from '../mask-error.ts';
import type { Masker } from '../masker.ts';
import { type Hmac, type ObjectIdentity, TokenMinter } from '../token/token.ts';
import { atOnce, DENSE_TURN_BYTES, type InTurns } from '../turns.ts';
import { AnchorCursor } from './anchor-cursor.ts';
import { LineScanner } from './line-scanner.ts';
import { LongLine, MAX_LINE_BYTES } from './long-line.ts';
import { maskText, type TextHit } from './text-hit.ts';
import { type Inflate, TextScanner } from './text-scanner.ts';

const LF = 0x0a;
/** Larger pieces are taken in parts, so that only the first line of a part can be a long one. */
const PART_BYTES = 32 * 1024;
/** What one hit costs, in bytes of text that is scanned at the same cost. */
const HIT_BYTES = 64;
const NOTHING = new Uint8Array(0);

export interface TextMaskerOptions {
  readonly hmac: Hmac;
  readonly inflate: Inflate;
  /** What masks are bound to, beside the value. */
  readonly source: TextSource;
}

/** What a text is masked with that may break off. */
export interface CutTextOptions extends TextMaskerOptions {
  /**
   * 16 random bytes, of this text alone. Who says where a text breaks off cuts a value letter by letter: the mask of a value that it
   * breaks off in is bound to these too, and is like no other.
   */
  readonly cutNonce: Uint8Array;
}

/** Whose text it is. For a log `{ resource: 'pods/log', name: <pod>, part: <container> }`. */
export interface TextSource {
  readonly cluster: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly part: string;
}

/**
 * A masker for text in lines, as of a container's log. A line goes on as soon as its line feed is there; of a longer
 * line than 64 KiB, what is far enough behind. Holds one line, at most 64 KiB and some context. The text need not be
 * complete: a credential that it breaks off in is masked as far as it goes, and a private key that it begins in as well.
 */
export function createTextMasker(options: CutTextOptions): Masker {
  return new TextMasker(options);
}

class TextMasker implements Masker {
  readonly #lines: LineScanner;
  readonly #long: LongLine;
  readonly #minter: TokenMinter;
  /** Of the value that the text breaks off in. */
  readonly #cutMinter: TokenMinter;
  readonly #identity: ObjectIdentity;
  readonly #held = new ByteSink();
  readonly #ready = new ByteSink();
  readonly #counts: Record<string, number> = {};
  /** What was done in this turn, in bytes of text that is scanned in the same time. */
  #work = 0;
  #state: 'open' | 'ended' | 'failed' = 'open';

  constructor({ hmac, inflate, source, cutNonce }: CutTextOptions) {
    const scanner = new TextScanner(inflate);
    this.#lines = new LineScanner(scanner, { isConfig: false, mayBeginInside: true });
    this.#long = new LongLine(scanner);
    const { cluster, resource, namespace, name, part } = source;
    const made = { hmac, cluster, group: '', version: 'v1', resource } as const;
    this.#minter = new TokenMinter({ ...made, nonce: undefined });
    this.#cutMinter = new TokenMinter({ ...made, nonce: cutNonce });
    this.#identity = { namespace: utf8(namespace), name: utf8(name), uid: utf8(part) };
  }

  write(chunk: Uint8Array): Uint8Array {
    this.#assertOpen();
    if (this.#passes(chunk)) return chunk;
    atOnce(this.#takeAll(chunk));
    return this.#ready.take();
  }

  *writeInTurns(chunk: Uint8Array): Generator<Uint8Array> {
    this.#assertOpen();
    if (this.#passes(chunk)) {
      yield chunk;
      return;
    }
    for (const _ of this.#takeAll(chunk)) yield this.#ready.take();
    yield this.#ready.take();
  }

  end(): Uint8Array {
    this.#assertOpen();
    this.#state = 'ended';
    if (this.#held.length === 0 && !this.#long.isOpen) return NOTHING;
    atOnce(this.#endLine(true));
    return this.#ready.take();
  }

  heldBytes(): number {
    return 0;
  }

  counts(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }

  /** What is not done to its end has failed. */
  *#takeAll(chunk: Uint8Array): InTurns<void> {
    this.#state = 'failed';
    for (let at = 0; at < chunk.length; at += PART_BYTES) {
      if (at > 0) yield;
      this.#work = 0;
      yield* this.#take(chunk.subarray(at, at + PART_BYTES));
    }
    this.#state = 'open';
  }

  *#take(part: Uint8Array): InTurns<void> {
    let from = 0;
    if (this.#held.length > 0 || this.#long.isOpen) {
      const lineEnd = part.indexOf(LF);
      yield* this.#hold(part, 0, lineEnd < 0 ? part.length : lineEnd);
      if (lineEnd < 0) return;
      yield* this.#endLine(false);
      this.#ready.putByte(LF);
      from = lineEnd + 1;
    }
    const lastEnd = part.lastIndexOf(LF);
    if (lastEnd >= from) yield* this.#maskLines(part, from, lastEnd + 1);
    yield* this.#hold(part, Math.max(from, lastEnd + 1), part.length);
  }

  /** Keeps the beginning of a line. Once it is too long for one piece, it is masked as a long one. */
  *#hold(part: Uint8Array, from: number, to: number): InTurns<void> {
    if (from === to) return;
    if (!this.#long.isOpen) {
      this.#held.putRange(part, from, to);
      if (this.#held.length <= MAX_LINE_BYTES) return;
      const begin = this.#held.take();
      this.#long.open(begin, yield* this.#lines.scanLineInTurns(begin, 0, MAX_LINE_BYTES));
    } else this.#long.append(part.subarray(from, to));
    for (let piece = yield* this.#long.next(); piece !== undefined; piece = yield* this.#long.next()) {
      yield* this.#render(piece.bytes, piece.from, piece.to, piece.hits);
    }
  }

  *#endLine(isCut: boolean): InTurns<void> {
    if (this.#long.isOpen) {
      const { bytes, from, to, hits } = yield* this.#long.end(isCut);
      yield* this.#render(bytes, from, to, hits, isCut);
      return;
    }
    const line = this.#held.take();
    const hits = isCut
      ? this.#lines.scanLine(line, 0, line.length, true)
      : yield* this.#lines.scanLineInTurns(line, 0, line.length);
    yield* this.#render(line, 0, line.length, hits, isCut);
  }

  /** Whole lines, each with its line feed. Those in which nothing can be found are passed together. */
  *#maskLines(bytes: Uint8Array, from: number, to: number): InTurns<void> {
    const cursor = new AnchorCursor(bytes, from, to);
    let passed = from;
    let line = from;
    while (line < to) {
      if (this.#lines.isIdle) {
        const anchor = cursor.next(line);
        if (anchor >= to) break;
        line = bytes.lastIndexOf(LF, anchor) + 1;
      }
      line = Math.max(line, passed);
      const lineEnd = bytes.indexOf(LF, line);
      const isLong = lineEnd - line > DENSE_TURN_BYTES;
      const hits = isLong
        ? yield* this.#lines.scanLineInTurns(bytes, line, lineEnd)
        : this.#lines.scanLine(bytes, line, lineEnd, false);
      this.#work += lineEnd - line;
      if (hits.length > 0) {
        yield* this.#render(bytes, passed, lineEnd, hits);
        passed = lineEnd;
      }
      line = lineEnd + 1;
      if (this.#work > DENSE_TURN_BYTES) yield* this.#rest();
    }
    this.#ready.putRange(bytes, passed, to);
  }

  *#rest(): InTurns<void> {
    this.#work = 0;
    yield;
  }

  /** Whether there are whole lines in which nothing can be found, and nothing before them. */
  #passes(chunk: Uint8Array): boolean {
    const isWhole = chunk.length <= PART_BYTES && this.#held.length === 0 && !this.#long.isOpen;
    if (!isWhole || chunk.at(-1) !== LF) return false;
    return this.#lines.isIdle && new AnchorCursor(chunk, 0, chunk.length).next(0) === chunk.length;
  }

  *#render(bytes: Uint8Array, from: number, to: number, hits: readonly TextHit[], isCut = false): InTurns<void> {
    let at = from;
    for (const { start, end, detector, tokenClass, form } of hits) {
      this.#ready.putRange(bytes, at, start);
      const value = { spelling: 'raw', bytes: bytes.subarray(start, end) } as const;
      const minter = isCut && end === to ? this.#cutMinter : this.#minter;
      const token = minter.mint(tokenClass, this.#identity, value);
      this.#ready.put(maskText(form, token));
      this.#counts[detector] = (this.#counts[detector] ?? 0) + 1;
      at = end;
      this.#work += HIT_BYTES;
      if (this.#work > DENSE_TURN_BYTES) yield* this.#rest();
    }
    this.#minter.forgetValues();
    this.#ready.putRange(bytes, at, to);
  }

  #assertOpen(): void {
    if (this.#state !== 'open') throw new MaskError('ERR_MASK_ENDED', `this masker has ${this.#state} already`);
  }
}
