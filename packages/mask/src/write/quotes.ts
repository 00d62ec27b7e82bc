// SPDX-License-Identifier: Apache-2.0
import { type JsonValue, serializeJson } from '@countersign/kube';
import { joinBytes, utf8 } from '../json/bytes.ts';
import { unescapeJson } from '../json/json-string.ts';
import { KEY_BYTES, LearnedValues, MIN_BYTES } from '../learned/learned-values.ts';
import { createMasker } from '../masker.ts';
import type { MaskingPlan } from '../rules/plan.ts';
import { isDistinctive } from '../text/distinctive.ts';
import { type InTurns, TURN_BYTES } from '../turns.ts';
import { partsIn } from '../walk/values-in.ts';
import { readContext } from './patch-operation.ts';

const DIGEST_BYTES = 32;
/** Places that are looked at before nobody can say. */
const MAX_PLACES = 20_000;
const PLACES_PER_TURN = 500;

const latin1 = new TextDecoder('latin1');

/** Masks that are only looked at for what stands beside them. */
const unkeyed = () => new Uint8Array(DIGEST_BYTES);

/** The values that are masked in an object and would be known again in its texts. */
class Quotable {
  readonly #keys = new Set<string>();
  readonly #learned = new LearnedValues();
  readonly #isStrict: boolean;
  #values = 0;

  /** @param isStrict whether every value is known again, even a word, and in base64 too */
  constructor(isStrict: boolean) {
    this.#isStrict = isStrict;
  }

  add(value: Uint8Array): void {
    if (value.length < MIN_BYTES || !(this.#isStrict || isDistinctive(value))) return;
    this.#learned.add(value);
    this.#keys.add(keyOf(value, 0, KEY_BYTES));
    this.#values++;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Whether they stand in their document, by `countsIn`, where they are values and nowhere else. */
  areAlone(counts: ReadonlyMap<string, number>): boolean {
    const all = [...counts.values()];
    // In a Secret each stands in base64, so that it has more than one spelling.
    return this.#isStrict
      ? all.reduce((sum, count) => sum + count, 0) <= this.#values
      : all.every((count) => count <= 1);
  }

  /** How often each stands in a document, by its beginning; undefined where that takes too long to say. */
  *countsIn(document: Uint8Array): InTurns<ReadonlyMap<string, number> | undefined> {
    const text = unescapeJson(document);
    const counts = new Map<string, number>();
    let places = 0;
    for (let from = 0; from < text.length; from += TURN_BYTES) {
      if (from > 0) yield;
      for (const key of this.#keysIn(text, from)) {
        places += 1;
        if (places > MAX_PLACES) return undefined;
        if (places % PLACES_PER_TURN === 0) yield;
        if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    return counts;
  }

  /** What stands at each place of a part of a text where one of them may begin. */
  *#keysIn(text: Uint8Array, from: number): Generator<string | undefined> {
    const end = Math.min(from + TURN_BYTES, text.length);
    const part = text.subarray(from, Math.min(end + KEY_BYTES, text.length));
    for (let at = this.#learned.placeIn(part); at >= 0; at = this.#learned.placeIn(part, at + 1)) {
      if (from + at >= end) return;
      yield this.#keyAt(part, at);
    }
  }

  #keyAt(text: Uint8Array, at: number): string | undefined {
    for (let length = KEY_BYTES; length >= MIN_BYTES; length--) {
      const key = keyOf(text, at, length);
      if (this.#keys.has(key)) return key;
    }
    return this.#isStrict ? keyOf(text, at, MIN_BYTES) : undefined;
  }
}

function keyOf(bytes: Uint8Array, at: number, length: number): string {
  return latin1.decode(bytes.subarray(at, at + length));
}

function* quotableIn(document: Uint8Array, plan: MaskingPlan): InTurns<Quotable | undefined> {
  const values = yield* partsIn(document, readContext(plan.rules));
  if (values === undefined) return undefined;
  const quotable = new Quotable(plan.rules.isStrict);
  for (const value of values) quotable.add(value);
  return quotable;
}

/** Whether a value that is masked in an object stands in it more than once. What can't be read may hold one. */
export function* hasQuoted(document: Uint8Array, plan: MaskingPlan): InTurns<boolean> {
  const quotable = yield* quotableIn(document, plan);
  if (quotable === undefined) return true;
  if (quotable.size === 0) return false;
  const counts = yield* quotable.countsIn(document);
  return counts === undefined || !quotable.areAlone(counts);
}

/**
 * Whether a value that is masked in an object is shown by another one, as it is or in a longer text, more often than the
 * first shows it and than it stands in what was `sent`.
 */
export function* quotes(before: Uint8Array, after: Uint8Array, sent: JsonValue, plan: MaskingPlan): InTurns<boolean> {
  const quotable = yield* quotableIn(before, plan);
  if (quotable === undefined) return true;
  if (quotable.size === 0) return false;
  const is = yield* quotable.countsIn(yield* shownOf(after, plan));
  if (is?.size === 0) return false;
  const was = yield* quotable.countsIn(yield* shownOf(before, plan));
  const said = yield* quotable.countsIn(utf8(serializeJson(sent)));
  if (is === undefined || was === undefined || said === undefined) return true;
  return [...is].some(([key, count]) => count > (was.get(key) ?? 0) + (said.get(key) ?? 0));
}

/** An object as it is shown. */
function* shownOf(document: Uint8Array, plan: MaskingPlan): InTurns<Uint8Array> {
  const masker = createMasker(
    { ...plan, shape: 'object-or-list', isWriteAnswer: false },
    { hmac: unkeyed, cluster: '' },
  );
  const pieces: Uint8Array[] = [];
  for (const piece of masker.writeInTurns(document)) {
    pieces.push(piece.slice());
    yield;
  }
  masker.end();
  return joinBytes(pieces);
}
