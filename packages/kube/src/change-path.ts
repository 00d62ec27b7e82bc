// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, JsonNumber, type JsonValue } from './json.ts';

/** An item of a list whose items are told apart by one member: `[name=app]`. */
export interface ItemStep {
  readonly member: string;
  readonly value: JsonValue;
  /** Where it stands in the list before and after; undefined where it isn't there. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** The order of such a list: its value is the list of those members. */
export interface OrderStep {
  readonly orderOf: string;
}

/** A member's name, an index, an item by its member, or the order of items. */
export type PathStep = string | number | ItemStep | OrderStep;

/** From a document's root to one field of it. */
export type ChangePath = readonly PathStep[];

/** Which of the two documents that a change lies between. */
export type Side = 'before' | 'after';

function stepInto(value: JsonValue | undefined, step: PathStep, side: Side): JsonValue | undefined {
  if (typeof step === 'string') return isJsonObject(value) ? value.get(step) : undefined;
  if (!isJsonArray(value)) return undefined;
  if (typeof step === 'number') return value[step];
  if ('orderOf' in step) return value.map((item) => (isJsonObject(item) ? (item.get(step.orderOf) ?? null) : null));
  const index = step[side];
  return index === undefined ? undefined : value[index];
}

/** What stands at a path in a document of the same shape as the one that the path was found in. */
export function valueAtPath(document: JsonValue | undefined, path: ChangePath, side: Side): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((value, step) => stepInto(value, step, side), document);
}

const plainName = /^[A-Za-z_$][\w$-]{0,127}$/;
const plainText = /^[\w./:@-]{1,128}$/;
const maxTextLength = 128;

function quoted(text: string): string {
  return JSON.stringify(text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text);
}

function scalarText(value: JsonValue | undefined): string {
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'string' && plainText.test(value) ? value : quoted(String(value));
}

function stepText(step: PathStep, into: JsonValue | undefined): string {
  if (typeof step === 'string') return plainName.test(step) ? `.${step}` : `[${quoted(step)}]`;
  if (typeof step === 'number') return `[${step}]`;
  if ('orderOf' in step) return `[order of ${step.orderOf}]`;
  return `[${step.member}=${scalarText(isJsonObject(into) ? into.get(step.member) : undefined)}]`;
}

/**
 * A path for people: `spec.containers[name=app].args[2]`, `metadata.annotations["example.org/a"]`. What it quotes of the
 * object is taken from `document`, which may be a masked one; it ends in `…` where that has no such field.
 */
export function formatChangePath(path: ChangePath, document: JsonValue | undefined, side: Side): string {
  let text = '';
  let value = document;
  for (const step of path) {
    value = stepInto(value, step, side);
    if (value === undefined) return `${text}…`;
    text += stepText(step, value);
  }
  return text.replace(/^\./, '');
}
