// SPDX-License-Identifier: Apache-2.0
import type { LeafNode } from '../rules/path-node.ts';
import { atOnce, type InTurns } from '../turns.ts';
import type { AnswerContext } from './answer-context.ts';
import type { Edit } from './edits.ts';
import { wholeOf } from './look-into.ts';
import type { UnitValues } from './unit-values.ts';

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
  const learnedAt = learned === undefined ? -1 : learned.placeIn(text);
  yield;
  if (!areIn && learnedAt < 0) return NOTHING;
  if (isStrict) return [wholeOf(text, 0, leaf)];
  const spans = areIn ? yield* values.spansIn(text) : [];
  // It is there in another spelling.
  if (areIn && spans.length === 0) return [wholeOf(text, 0, KNOWN)];
  const edits = spans.map((span) => editAt(text, span.start, span.end));
  return learnedAt < 0 ? edits : [...edits, editAt(text, learnedAt, endOfQuote(text, learnedAt))];
}

function editAt(text: Uint8Array, start: number, end: number): Edit {
  return { ...wholeOf(text, start, KNOWN), end, value: { spelling: 'raw', bytes: text.subarray(start, end) } };
}

/** Of a learned value only the beginning is known; what quotes it ends behind it. */
export function endOfQuote(text: Uint8Array, from: number): number {
  const quote = text[from - 1];
  if (quote !== 0x22 && quote !== 0x27 && quote !== 0x60) return text.length;
  let end = from;
  while (end < text.length && (text[end] !== quote || text[end - 1] === BACKSLASH)) end++;
  return end;
}
