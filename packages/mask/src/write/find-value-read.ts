// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, type JsonValue } from '@countersign/kube';
import { neverMasks } from '../rules/node-at.ts';
import type { MaskingPlan, RuleTable } from '../rules/plan.ts';
import { placeOf, valuesOf } from './patch-operation.ts';

/** Operations that only put something in or take something away: the patch itself says all that they write. */
const WRITING: readonly JsonValue[] = ['add', 'replace', 'remove'];

/**
 * The first operation of a JSON patch that reads a value which may be masked, `[1]`, or undefined if none does. `copy`
 * and `move` carry a value to where it no longer looks like one (a label, the name of an owner), `test` says whether a
 * guess is right; a dry run shows the result and leaves nothing behind. A `test` for what would be shown in the clear
 * tells nothing that a read does not. What is no JSON patch reads at `[0]`.
 * @see RFC 6902 §4
 */
export function findValueRead(patch: JsonValue, { rules }: MaskingPlan): string | undefined {
  if (!isJsonArray(patch)) return '[0]';
  const index = patch.findIndex((operation) => !isBlind(operation, rules));
  return index === -1 ? undefined : `[${index}]`;
}

function isBlind(operation: JsonValue, rules: RuleTable): boolean {
  if (!isJsonObject(operation)) return false;
  const op = operation.get('op') ?? null;
  if (WRITING.includes(op)) return true;
  if (op === 'copy' || op === 'move') {
    const from = placeOf(operation, 'from', rules);
    return from !== undefined && neverMasks(from.node);
  }
  if (op !== 'test') return false;
  const place = placeOf(operation, 'path', rules);
  if (place !== undefined && neverMasks(place.node)) return true;
  return !rules.isStrict && valuesOf(operation, place, rules)?.length === 0;
}
