// SPDX-License-Identifier: Apache-2.0
import { isJsonObject, type JsonObject, type JsonValue, serializeJson } from '@countersign/kube';
import { utf8 } from '../json/bytes.ts';
import { nodeAt, type PointedAt } from '../rules/node-at.ts';
import { objectRules, type PathNode, type Treatment } from '../rules/path-node.ts';
import type { RuleTable } from '../rules/plan.ts';
import { TextScanner } from '../text/text-scanner.ts';
import type { ReadContext } from '../walk/answer-context.ts';
import { NameMemo } from '../walk/name-memo.ts';
import { valuesIn } from '../walk/values-in.ts';

/** What is masked here depends on what stands beside it, which an operation doesn't say. */
export const BY_NEIGHBOUR: ReadonlySet<Treatment | undefined> = new Set<Treatment>([
  ...(['pair', 'named-pair', 'several-pair', 'argument'] as const),
]);

/** How documents are read by one set of tables, from one of its nodes on. */
export function readContext(rules: RuleTable, table: PathNode = rules.object): ReadContext {
  const { harmlessColumns, isStrict } = rules;
  return { table, harmlessColumns, isStrict, isRefusal: false, names: new NameMemo(), scanner: new TextScanner() };
}

/** Where the pointer of an operation leads; undefined if nowhere that is known. */
export function placeOf(operation: JsonObject, member: 'path' | 'from', rules: RuleTable): PointedAt | undefined {
  const pointer = operation.get(member);
  return typeof pointer === 'string' ? nodeAt(rules.object, pointer) : undefined;
}

/**
 * Whether an operation of a JSON patch changes what is there, at a place that `concerns` whoever asks, or at one that
 * can't be told.
 */
export function changes(
  operation: JsonValue,
  rules: RuleTable,
  concerns: (place: PointedAt, operation: JsonObject) => boolean,
): boolean {
  if (!isJsonObject(operation)) return true;
  const [op, path] = [operation.get('op'), operation.get('path')];
  if (op === 'test') return false;
  if (typeof path !== 'string') return true;
  // What is put behind the last element stands before none, and takes the place of none: but for a command's, before `args`.
  if (op === 'add' && path.endsWith('/-') && !path.endsWith('/command/-')) return false;
  const place = placeOf(operation, 'path', rules);
  return place === undefined || concerns(place, operation);
}

/**
 * The values that would be masked in what an operation compares or writes, in the clear; undefined where that can't be
 * known from the operation alone.
 */
export function valuesOf(
  operation: JsonObject,
  place: PointedAt | undefined,
  rules: RuleTable,
): readonly Uint8Array[] | undefined {
  const value: JsonValue | undefined = operation.get('value');
  if (place === undefined || value === undefined || place.isBelowData) return undefined;
  if (BY_NEIGHBOUR.has(place.node.leaf?.treatment)) return undefined;
  const table = { leaf: undefined, object: objectRules({ others: place.node }), array: undefined };
  return valuesIn(utf8(serializeJson(new Map([[place.name, value]]))), readContext(rules, table));
}
