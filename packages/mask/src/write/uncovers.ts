// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, JsonNumber, type JsonValue } from '@countersign/kube';
import { utf8 } from '../json/bytes.ts';
import type { LeafNode } from '../rules/path-node.ts';
import type { MaskingPlan, RuleTable } from '../rules/plan.ts';
import { type InTurns, TURN_BYTES } from '../turns.ts';
import { isOfEmbeddedSecret } from '../walk/embedded-secret.ts';
import { wholeValuesIn } from '../walk/values-in.ts';
import { BY_NEIGHBOUR, readContext } from './patch-operation.ts';
import { quotes } from './quotes.ts';

/** A JSON document. */
export interface Read {
  readonly bytes: Uint8Array;
  readonly value: JsonValue;
}

/** What a write does to an object. */
export interface Rewriting {
  readonly before: Read;
  readonly after: Read;
  /** The body of the write. */
  readonly sent: JsonValue;
}

/** What the API server counts itself, whatever is written. */
const COUNTED: readonly string[] = ['resourceVersion', 'generation', 'managedFields'];

/** What a scalar costs beside its bytes. */
const SCALAR_BYTES = 64;

const latin1 = new TextDecoder('latin1');

type Counts = ReadonlyMap<string, number>;

/** Whether an object has values that are masked by what stands beside them: a name, a kind, or a flag. What can't be read may. */
export function* hasCovered(document: Uint8Array, { rules }: MaskingPlan): InTurns<boolean> {
  const isCovered = (leaf: LeafNode) => BY_NEIGHBOUR.has(leaf.treatment) || isOfEmbeddedSecret(leaf);
  const values = yield* valuesIn(document, rules, isCovered);
  return values?.length !== 0;
}

/**
 * Whether a write leaves a value that is masked now where nothing says any more that it is one, all of it or in a text. Values that the write itself
 * carries don't count as often as it does: whoever sent them knows them. Of an object that can't be read, nobody knows.
 */
export function* uncovers({ before, after, sent }: Rewriting, plan: MaskingPlan): InTurns<boolean> {
  const { rules } = plan;
  const values = yield* valuesIn(before.bytes, rules);
  const maskedAfter = yield* valuesIn(after.bytes, rules);
  if (values === undefined || maskedAfter === undefined) return true;
  const was = yield* clearIn(before, values);
  const is = yield* clearIn(after, maskedAfter);
  const said = yield* scalarsOf(sent);
  const countOf = (counts: Counts, value: string) => counts.get(value) ?? 0;
  if (values.some((value) => countOf(is, value) > countOf(was, value) + countOf(said, value))) return true;
  return yield* quotes(before.bytes, after.bytes, sent, plan);
}

/** The values that rules mask, spelled byte by byte; undefined where the document can't be read. */
function* valuesIn(
  document: Uint8Array,
  rules: RuleTable,
  isWanted?: (leaf: LeafNode) => boolean,
): InTurns<readonly string[] | undefined> {
  const values = yield* wholeValuesIn(document, readContext(rules), isWanted);
  return values?.map((value) => latin1.decode(value));
}

/** How often each scalar stands in an object where it is not masked. */
function* clearIn({ value }: Read, masked: readonly string[]): InTurns<Counts> {
  const counts = new Map(yield* scalarsOf(value));
  for (const one of masked) counts.set(one, (counts.get(one) ?? 0) - 1);
  return counts;
}

function* scalarsOf(document: JsonValue): InTurns<Counts> {
  const counts = new Map<string, number>();
  let bytes = 0;
  for (const scalar of scalarsIn(document)) {
    counts.set(scalar, (counts.get(scalar) ?? 0) + 1);
    bytes += scalar.length + SCALAR_BYTES;
    if (bytes < TURN_BYTES) continue;
    bytes = 0;
    yield;
  }
  return counts;
}

function* scalarsIn(value: JsonValue): Iterable<string> {
  if (isJsonArray(value)) for (const element of value) yield* scalarsIn(element);
  else if (!isJsonObject(value)) yield latin1.decode(utf8(value instanceof JsonNumber ? value.text : String(value)));
  else for (const [name, member] of value) if (!COUNTED.includes(name)) yield* scalarsIn(member);
}
