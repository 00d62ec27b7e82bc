// SPDX-License-Identifier: Apache-2.0
import { type LearnedValues, MIN_BYTES } from '../learned/learned-values.ts';
import type { LeafNode } from '../rules/path-node.ts';
import { atOnce, type InTurns } from '../turns.ts';
import type { AnswerContext } from './answer-context.ts';
import type { Edit } from './edits.ts';
import { wholeOf } from './look-into.ts';
import type { UnitValues } from './unit-values.ts';
import type { Span } from './value-index.ts';

const KNOWN = { rule: 'known-value', tokenClass: 'text' } as const;
const NOTHING: readonly Edit[] = [];
const BACKSLASH = 0x5c;

/** What to mask in a text because it is masked elsewhere in the unit, or was learned before it. */
export function knownIn(text: Uint8Array, leaf: LeafNode, values: UnitValues, context: AnswerContext): readonly Edit[] {
  return atOnce(knownInTurns(text, leaf, values, context));
}

/** Like `knownIn`. */
export function* knownInTurns(
  text: Uint8Array,
  leaf: LeafNode,
  values: UnitValues,
  { isStrict, learned }: AnswerContext,
): InTurns<readonly Edit[]> {
  const areIn = yield* values.areIn(text);
  yield;
  const learnedSpans = learnedIn(text, learned);
  yield;
  if (!areIn && learnedSpans.length === 0) return NOTHING;
  if (isStrict) return [wholeOf(text, 0, leaf)];
  const spans = areIn ? yield* values.spansIn(text) : [];
  // It is there in another spelling.
  if (areIn && spans.length === 0) return [wholeOf(text, 0, KNOWN)];
  return [...spans, ...learnedSpans].map((span) => editAt(text, span.start, span.end));
}

function editAt(text: Uint8Array, start: number, end: number): Edit {
  return { ...wholeOf(text, start, KNOWN), end, value: { spelling: 'raw', bytes: text.subarray(start, end) } };
}

/** Each place in a text where a learned value stands. */
export function learnedIn(text: Uint8Array, learned: LearnedValues | undefined): readonly Span[] {
  const spans: Span[] = [];
  for (let start = learned?.placeIn(text) ?? -1; start >= 0; ) {
    const end = endOfQuote(text, start);
    spans.push({ start, end });
    start = learned?.placeIn(text, end) ?? -1;
  }
  return spans;
}

/** Of a learned value only the beginning is known; what quotes it ends behind it. */
function endOfQuote(text: Uint8Array, from: number): number {
  const quote = text[from - 1];
  if (quote !== 0x22 && quote !== 0x27 && quote !== 0x60) return text.length;
  let end = Math.min(from + MIN_BYTES, text.length);
  while (end < text.length && (text[end] !== quote || text[end - 1] === BACKSLASH)) end++;
  return end;
}
