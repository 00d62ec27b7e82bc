// SPDX-License-Identifier: Apache-2.0
import {
  type ChangePath,
  type FieldChange,
  isJsonArray,
  isJsonObject,
  JsonNumber,
  type JsonValue,
} from '@countersign/kube';

/** Values that leave it to the API server what stands there: a port 0, an address "". */
function isLeftOpen(value: JsonValue): boolean {
  return value === null || value === '' || (value instanceof JsonNumber && Number(value.text) === 0);
}

function isSame(one: JsonValue | undefined, other: JsonValue): boolean {
  return one instanceof JsonNumber && other instanceof JsonNumber ? one.text === other.text : one === other;
}

function stepInto(value: JsonValue | undefined, step: ChangePath[number]): JsonValue | undefined {
  if (typeof step === 'string') return isJsonObject(value) ? value.get(step) : undefined;
  if (!isJsonArray(value)) return undefined;
  if (typeof step === 'number') return value[step];
  if ('orderOf' in step) return value;
  return value.find((item) => isJsonObject(item) && isSame(item.get(step.member), step.value));
}

/** What kubectl adds of the object once more: masked wherever it is shown, and no part of what a plan is asked with. */
const LAST_APPLIED: ChangePath = ['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'];

function isNamed(body: JsonValue | undefined, path: ChangePath): boolean {
  if (path.length === LAST_APPLIED.length && path.every((step, at) => step === LAST_APPLIED[at])) return false;
  const value = path.reduce<JsonValue | undefined>(stepInto, body);
  return value !== undefined && !isLeftOpen(value);
}

/** Of a Secret, what is sent as `stringData` comes back as `data`. */
function otherPath([first, ...rest]: ChangePath): ChangePath | undefined {
  return first === 'data' ? ['stringData', ...rest] : undefined;
}

/**
 * Which changes of what is made are at fields that its body names, by their places: there the API server says the same each
 * time. All else it adds, and gives another name, address or port each time. Looks through a list once for each change.
 */
export function namedOf(body: JsonValue | undefined, changes: readonly Pick<FieldChange, 'path'>[]): readonly number[] {
  return changes.flatMap(({ path }, at) => {
    const other = otherPath(path);
    return isNamed(body, path) || (other !== undefined && isNamed(body, other)) ? [at] : [];
  });
}
