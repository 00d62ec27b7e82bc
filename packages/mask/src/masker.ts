// SPDX-License-Identifier: Apache-2.0
import type { MetadataVersion } from '@countersign/kube';
import { ByteSink } from './json/byte-sink.ts';
import { utf8 } from './json/bytes.ts';
import { JsonTokenizer } from './json/tokenizer.ts';
import type { LearnedValues } from './learned/learned-values.ts';
import { MaskError } from './mask-error.ts';
import { MetadataForm } from './metadata-form.ts';
import type { MaskingPlan } from './rules/plan.ts';
import { type Inflate, TextScanner } from './text/text-scanner.ts';
import { type Hmac, TokenMinter } from './token/token.ts';
import { atOnce, DENSE_TURN_BYTES, type InTurns, TURN_BYTES } from './turns.ts';
import type { AnswerContext } from './walk/answer-context.ts';
import { MAX_LEVELS } from './walk/depth.ts';
import { NameMemo } from './walk/name-memo.ts';
import { PathWalker } from './walk/path-walker.ts';
import { Unit } from './walk/unit.ts';
import { UnitBuffer } from './walk/unit-buffer.ts';
import { type NotedUnit, UnitNotes } from './walk/unit-notes.ts';
import { UnitValues } from './walk/unit-values.ts';

/**
 * Largest object, list item, Table row or watch event that is read. The API server stores at most about 1.5 MiB, and writes
 * each `<`, `>` and `&` of it in six bytes, as does Go's JSON encoder: what anybody may store must not cut everybody's lists.
 */
export const MAX_UNIT_BYTES = 10 * 1024 * 1024;

/** What every answer may hold, and a watch keeps of a large event: it may live for ever. */
const FEW_BYTES = 64 * 1024;
/** What a list keeps, of which the next item may be as large. */
const LIST_BYTES = 256 * 1024;

const NOTHING = new Uint8Array(0);

export interface MaskerOptions {
  readonly hmac: Hmac;
  /** The cluster's name, which tokens are bound to. */
  readonly cluster: string;
  /**
   * At least 16 random bytes, new for each answer. With it the tokens of an answer to a write say nothing of their
   * values, so that a written guess can't be compared with what was there.
   */
  readonly nonce?: Uint8Array;
  /** Values that this exchange has seen already. */
  readonly learned?: LearnedValues;
  /** Whether the answer's status is 400 or more: its words may repeat any part of the object. */
  readonly isRefusal?: boolean;
  /** What is known of names, for all answers alike; by default each answer finds it out anew. */
  readonly names?: NameMemo;
  /** Of whole objects that were asked for in place of their metadata: gives those alone, in this version of their form. */
  readonly metadataAs?: MetadataVersion;
  /** Of a Table with whole objects in its rows: gives their metadata in place of them, in this version. */
  readonly rowsAs?: MetadataVersion;
  /** Opens gzip in base64; without it, all of that is masked. */
  readonly inflate?: Inflate;
}

/**
 * Masks one answer as it streams. After any throw no further byte may be sent, and every later call throws too: an
 * answer not begun is refused, one begun is cut.
 */
export interface Masker {
  /**
   * Takes the next bytes of the answer, in pieces of any size (up to 64 KiB keeps each call short), and returns those
   * that may go on, which may be none. Where the pieces begin and end changes nothing in their concatenation.
   * @throws MaskError
   */
  write(chunk: Uint8Array): Uint8Array;
  /**
   * Does what `write` does in turns of about a millisecond, however large an object is: gives after each what may go on.
   * All of them MUST be taken before anything else is asked of the masker.
   * @throws MaskError
   */
  writeInTurns(chunk: Uint8Array): Iterable<Uint8Array>;
  /**
   * Says that the answer is complete; returns what was still held.
   * @throws MaskError `ERR_MASK_TRUNCATED` if the answer ends inside a document
   */
  end(): Uint8Array;
  /** Bytes of the object at hand that it holds, and what it makes of them: none of it if that is at most 64 KiB. */
  heldBytes(): number;
  /** How many values each rule masked so far, by rule. */
  counts(): Readonly<Record<string, number>>;
}

/**
 * A masker for one answer. It holds one unit (object, item, row or event) at a time, at most 10 MiB.
 * @throws MaskError `ERR_MASK_KEY` for a short nonce
 */
export function createMasker(plan: MaskingPlan, options: MaskerOptions): Masker {
  return new StreamMasker(plan, options);
}

interface LargeUnit {
  readonly noted: NotedUnit;
  readonly end: number;
}

class StreamMasker implements Masker {
  readonly #buffer: UnitBuffer;
  readonly #tokenizer: JsonTokenizer;
  readonly #context: AnswerContext;
  readonly #counts: Record<string, number> = {};
  readonly #values: UnitValues;
  readonly #notes: UnitNotes;
  readonly #ready = new ByteSink();
  /** Units that are masked, if they don't go on as they are. */
  readonly #masked: ByteSink;
  readonly #form: MetadataForm | undefined;
  readonly #inner: ByteSink[] = [];
  /** Units that are complete and masked in turns, as are those behind them. */
  #large: LargeUnit[] = [];
  /** Of the findings of units that were masked in the turn at hand. */
  #searchedBytes = 0;
  #state: 'open' | 'ended' | 'failed' = 'open';

  constructor(plan: MaskingPlan, options: MaskerOptions) {
    const { object, watchEvent, harmlessColumns, isStrict } = plan.rules;
    const isWatch = plan.shape === 'watch';
    this.#buffer = new UnitBuffer(isWatch ? FEW_BYTES : LIST_BYTES);
    this.#notes = new UnitNotes(this.#buffer, (end) => this.#endUnit(end));
    const { hmac, cluster, learned } = options;
    const { group, version, resource, isWriteAnswer } = plan;
    const { metadataAs, rowsAs } = options;
    const formVersion = metadataAs ?? rowsAs;
    const formed = formVersion && ({ version: formVersion, of: metadataAs ? 'answer' : 'rows' } as const);
    this.#form = formed && new MetadataForm(plan, formed, this.#ready, MAX_LEVELS);
    this.#masked = this.#form ? new ByteSink() : this.#ready;
    const nonce = isWriteAnswer ? options.nonce : undefined;
    const { names = new NameMemo(), isRefusal = false } = options;
    this.#values = new UnitValues(!isStrict);
    this.#context = {
      table: object,
      harmlessColumns,
      names,
      isStrict,
      isRefusal,
      minter: new TokenMinter({ hmac, cluster, group, version, resource, nonce }),
      scanner: new TextScanner(options.inflate),
      replaceStatusTexts: isWriteAnswer,
      learned,
      sinkAt: (depth) => {
        this.#inner[depth] ??= new ByteSink();
        return this.#inner[depth];
      },
      count: (rule) => {
        this.#counts[rule] = (this.#counts[rule] ?? 0) + 1;
      },
    };
    const walker = new PathWalker(this.#notes, {
      table: isWatch ? watchEvent : object,
      namespace: utf8(plan.namespace),
      unitElements: !isWatch,
      within: undefined,
      harmlessColumns,
      names,
    });
    const limits = { maxDepth: MAX_LEVELS, documents: isWatch ? 'many' : 'one', arrayAtRoot: false } as const;
    this.#tokenizer = new JsonTokenizer(walker, limits);
  }

  write(chunk: Uint8Array): Uint8Array {
    for (const _ of this.#turns(chunk));
    return this.#ready.take();
  }

  *writeInTurns(chunk: Uint8Array): Generator<Uint8Array> {
    for (const _ of this.#turns(chunk)) yield this.#ready.take();
    yield this.#ready.take();
  }

  /** What is not done to its end has failed. */
  *#turns(chunk: Uint8Array): InTurns<void> {
    this.#assertOpen();
    this.#state = 'failed';
    for (let at = 0; at < chunk.length; at += TURN_BYTES) {
      if (at > 0) yield;
      yield* this.#step(chunk.subarray(at, at + TURN_BYTES));
    }
    this.#state = 'open';
  }

  end(): Uint8Array {
    this.#assertOpen();
    if (!this.#tokenizer.complete) {
      this.#state = 'failed';
      throw new MaskError('ERR_MASK_TRUNCATED', `the answer ends inside a document, after ${this.#buffer.end} bytes`);
    }
    this.#state = 'ended';
    return NOTHING;
  }

  heldBytes(): number {
    const { heldBytes } = this.#buffer;
    if (heldBytes <= FEW_BYTES) return 0;
    return this.#large.reduce((bytes, { noted, end }) => bytes + end - noted.start, heldBytes);
  }

  counts(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }

  #endUnit(end: number): void {
    this.#assertSize(end);
    const { start, searchedBytes } = this.#notes;
    this.#searchedBytes += searchedBytes;
    if (this.#large.length > 0 || end - start > TURN_BYTES || this.#searchedBytes > DENSE_TURN_BYTES) {
      this.#large.push({ noted: this.#notes.take(end), end });
      return;
    }
    const unit = new Unit(this.#context, this.#notes);
    unit.collect(this.#values);
    unit.render(start, end, this.#values, this.#masked);
    atOnce(this.#putInForm());
    this.#forgetUnit();
    this.#notes.begin(end);
  }

  *#maskLarge({ noted, end }: LargeUnit): InTurns<void> {
    const unit = new Unit(this.#context, noted);
    yield* unit.collectInTurns(this.#values);
    yield;
    yield* unit.renderInTurns(noted.start, end, this.#values, this.#masked);
    if (this.#form) yield;
    yield* this.#putInForm();
    this.#forgetUnit();
  }

  *#putInForm(): InTurns<void> {
    if (this.#form) yield* this.#form.put(this.#masked.take());
  }

  #forgetUnit(): void {
    this.#values.clear();
    this.#context.minter.forgetValues();
    for (const sink of this.#inner) sink.clear();
  }

  *#step(bytes: Uint8Array): InTurns<void> {
    const from = this.#buffer.end - this.#buffer.base;
    this.#searchedBytes = 0;
    this.#buffer.append(bytes);
    this.#tokenizer.read(this.#buffer.bytes, from, from + bytes.length, this.#buffer.base);
    for (const large of this.#large) {
      yield;
      yield* this.#maskLarge(large);
    }
    this.#large = [];
    if (this.#tokenizer.complete) this.#passWhiteSpace();
    this.#assertSize(this.#buffer.end);
    if (this.#buffer.release(this.#notes.start)) this.#context.scanner.forget();
  }

  /** What follows a document is let go at once: a line-wise reader of a watch waits for its newline. */
  #passWhiteSpace(): void {
    this.#ready.put(this.#buffer.slice(this.#notes.start, this.#buffer.end));
    this.#notes.begin(this.#buffer.end);
  }

  /** Judged at the end of a unit as well, so that it doesn't depend on where chunks end. */
  #assertSize(end: number): void {
    if (end - this.#notes.start > MAX_UNIT_BYTES) {
      throw new MaskError('ERR_MASK_ITEM_TOO_LARGE', `one object, item or event has more than ${MAX_UNIT_BYTES} bytes`);
    }
  }

  #assertOpen(): void {
    if (this.#state !== 'open') throw new MaskError('ERR_MASK_ENDED', `this masker has ${this.#state} already`);
  }
}
