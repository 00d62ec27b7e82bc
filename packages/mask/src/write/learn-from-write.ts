// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, type JsonValue } from '@countersign/kube';
import { utf8 } from '../json/bytes.ts';
import { LearnedValues } from '../learned/learned-values.ts';
import { neverMasks } from '../rules/node-at.ts';
import type { MaskingPlan } from '../rules/plan.ts';
import { decodeBase64, isCanonicalBase64 } from '../text/base64.ts';
import { isDistinctive } from '../text/distinctive.ts';
import { valuesIn } from '../walk/values-in.ts';
import { placeOf, readContext, valuesOf } from './patch-operation.ts';

/** The body of a write. */
export interface WrittenBody {
  readonly value: JsonValue;
  /** The same as JSON. */
  readonly bytes: Uint8Array;
  readonly isJsonPatch: boolean;
}

/** What a write tells of its answer. */
export interface Written {
  /** Values that it carries to where they are masked, so that an error which quotes them is caught. */
  readonly learned: LearnedValues;
  /** Whether it carries any, so that masks in its answer must not tell whether they were there before. */
  readonly carriesValues: boolean;
}

/** In a Secret, all strings at these places count, also where the API server will refuse what stands there. */
const VALUE_MEMBERS: readonly string[] = ['data', 'stringData'];

/** Learns the values that a write carries, each as it is and decoded where it is base64. */
export function learnFromWrite({ value, bytes, isJsonPatch }: WrittenBody, { rules }: MaskingPlan): Written {
  const learned = new LearnedValues();
  let carriesValues = false;
  const learn = (found: Uint8Array) => {
    carriesValues = true;
    if (!rules.isStrict && !isDistinctive(found)) return;
    learned.add(found);
    if (isCanonicalBase64(found)) learned.add(decodeBase64(found));
  };
  if (rules.isStrict) for (const text of stringsIn(value, VALUE_MEMBERS)) learn(utf8(text));
  if (isJsonPatch && isJsonArray(value)) {
    for (const operation of value) for (const found of valuesOfOperation(operation, rules)) learn(found);
  } else {
    const found = valuesIn(bytes, readContext(rules));
    carriesValues ||= found === undefined;
    for (const one of found ?? []) learn(one);
  }
  return { learned, carriesValues };
}

/** Where an operation doesn't say what it writes to, all strings count. */
function valuesOfOperation(operation: JsonValue, rules: MaskingPlan['rules']): Iterable<Uint8Array> {
  if (!isJsonObject(operation) || !operation.has('value')) return [];
  const place = placeOf(operation, 'path', rules);
  if (place !== undefined && neverMasks(place.node)) return [];
  const known = rules.isStrict ? undefined : valuesOf(operation, place, rules);
  return known ?? [...stringsIn(operation, ['value'])].map(utf8);
}

/** All strings below members with these names, at any depth; every string once one of them stands above it. */
function* stringsIn(value: JsonValue, names: readonly string[] | undefined): Iterable<string> {
  if (typeof value === 'string' && names === undefined) yield value;
  if (isJsonArray(value)) for (const element of value) yield* stringsIn(element, names);
  if (!isJsonObject(value)) return;
  for (const [name, member] of value) yield* stringsIn(member, names?.includes(name) === true ? undefined : names);
}
