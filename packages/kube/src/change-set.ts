// SPDX-License-Identifier: Apache-2.0
import type { ChangePath, PathStep } from './change-path.ts';
import { KubeError } from './error.ts';
import {
  isJsonArray,
  isJsonObject,
  type JsonArray,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  serializeJson,
} from './json.ts';

/** One field that differs between two states of an object; undefined is a field that is not there. */
export interface FieldChange {
  readonly path: ChangePath;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** What the API server keeps count of by itself, under `metadata`. */
const bookkeeping = new Set(['managedFields', 'resourceVersion', 'generation', 'selfLink']);
/** What it gives to an object that it makes. */
const given = new Set(['uid', 'creationTimestamp']);

/** By which members the items of a list are told apart, the first that fits: Kubernetes' own merge keys. */
const mergeKeys = [
  'name',
  'mountPath',
  'devicePath',
  'containerPort',
  'port',
  'uid',
  'ip',
  'topologyKey',
  'type',
  'key',
];

/**
 * The fields that differ between an object as it is and as it would be; undefined is no object. Equal for any order of
 * members. Lists go by merge key where their items have one, else by index after what both begin and end with. Without
 * `metadata.managedFields`, `resourceVersion`, `generation` and `selfLink`; of an object that is made, without `uid` and
 * `creationTimestamp`; and without `status`, unless that is what is written. From the first object and the changes the
 * second follows, but for those fields.
 * @throws KubeError `ERR_KUBE_CHANGES_TOO_MANY`
 */
export function changesBetween(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  { withStatus = false }: { readonly withStatus?: boolean } = {},
): readonly FieldChange[] {
  const ignored = before === undefined ? bookkeeping.union(given) : bookkeeping;
  const changes = new Changes();
  const kept = (value: JsonValue | undefined) => withoutIgnored(value, ignored, withStatus);
  compare(kept(before), kept(after), [], changes);
  return changes.found;
}

/** Paths repeat what they lead through: a deep object, or one with long names, has far more of them than it is long. */
const maxPathCharacters = 16 * 1024 * 1024;

class Changes {
  readonly found: FieldChange[] = [];
  #pathCharacters = 0;

  add(change: FieldChange): void {
    for (const step of change.path) this.#pathCharacters += charactersOf(step);
    if (this.#pathCharacters > maxPathCharacters) {
      throw new KubeError('ERR_KUBE_CHANGES_TOO_MANY', 'the write changes more fields than can be told one by one');
    }
    this.found.push(change);
  }
}

function charactersOf(step: PathStep): number {
  const fixed = 8;
  if (typeof step === 'string') return fixed + step.length;
  return typeof step === 'object' && 'member' in step ? fixed + serializeJson(step.value).length : fixed;
}

function withoutIgnored(value: JsonValue | undefined, ignored: ReadonlySet<string>, withStatus: boolean) {
  if (!isJsonObject(value)) return value;
  const members = new Map(value);
  if (!withStatus) members.delete('status');
  const metadata = members.get('metadata');
  if (isJsonObject(metadata)) members.set('metadata', new Map([...metadata].filter(([name]) => !ignored.has(name))));
  return members;
}

function compare(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path: ChangePath,
  changes: Changes,
): void {
  const objects = bothOf(before, after, isJsonObject);
  const lists = bothOf(before, after, isJsonArray);
  if (objects) compareObjects(objects.before, objects.after, path, changes);
  else if (lists) compareLists(lists.before ?? [], lists.after ?? [], path, changes);
  else if (!isEqual(before, after)) changes.add({ path, before, after });
}

/**
 * Two values that are compared member by member: both of one kind, or one of them absent. One that is empty, or becomes so,
 * is a field itself: its absence is something else.
 */
function bothOf<C extends JsonObject | JsonArray>(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  isKind: (value: JsonValue | undefined) => value is C,
): { readonly before: C | undefined; readonly after: C | undefined } | undefined {
  const was = isKind(before) ? before : undefined;
  const is = isKind(after) && sizeOf(after) > 0 ? after : undefined;
  const wasAbsent = before === undefined && is !== undefined;
  const isAbsent = after === undefined && was !== undefined && sizeOf(was) > 0;
  return wasAbsent || isAbsent || (was !== undefined && is !== undefined) ? { before: was, after: is } : undefined;
}

function sizeOf(value: JsonObject | JsonArray): number {
  return isJsonObject(value) ? value.size : value.length;
}

function compareObjects(
  before: JsonObject | undefined,
  after: JsonObject | undefined,
  path: ChangePath,
  changes: Changes,
): void {
  const names = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  for (const name of [...names].sort()) compare(before?.get(name), after?.get(name), [...path, name], changes);
}

function compareLists(before: JsonArray, after: JsonArray, path: ChangePath, changes: Changes): void {
  const member = mergeKeys.find((key) => tellsApart(before, key) && tellsApart(after, key));
  if (member === undefined) compareByIndex(before, after, path, changes);
  else compareByMember(before, after, member, path, changes);
}

function memberOf(item: JsonValue, member: string): JsonValue | undefined {
  return isJsonObject(item) ? item.get(member) : undefined;
}

/** Whether each item has the member, a text or a number, and no two the same. */
function tellsApart(items: JsonArray, member: string): boolean {
  const seen = new Set<string>();
  for (const item of items) {
    const value = memberOf(item, member);
    if (!(typeof value === 'string' || value instanceof JsonNumber)) return false;
    seen.add(serializeJson(value));
  }
  return seen.size === items.length;
}

function compareByMember(
  before: JsonArray,
  after: JsonArray,
  member: string,
  path: ChangePath,
  changes: Changes,
): void {
  const was = positions(before, member);
  const is = positions(after, member);
  const kept = [...was.keys()].filter((key) => is.has(key));
  const added = [...is.keys()].filter((key) => !was.has(key));
  const order = [...is.keys()];
  if ([...kept, ...added].some((key, index) => key !== order[index])) {
    const members = (items: JsonArray) => items.map((item) => memberOf(item, member) ?? null);
    changes.add({ path: [...path, { orderOf: member }], before: members(before), after: members(after) });
  }
  for (const key of [...was.keys(), ...added]) {
    const [from, to] = [was.get(key), is.get(key)];
    const [old, now] = [from === undefined ? undefined : before[from], to === undefined ? undefined : after[to]];
    const value = memberOf(old ?? now ?? null, member) ?? null;
    compare(old, now, [...path, { member, value, before: from, after: to }], changes);
  }
}

function positions(items: JsonArray, member: string): ReadonlyMap<string, number> {
  return new Map(items.map((item, index) => [serializeJson(memberOf(item, member) ?? null), index]));
}

function compareByIndex(before: JsonArray, after: JsonArray, path: ChangePath, changes: Changes): void {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isEqual(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shorter - start && isEqual(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const [old, now] = [before.slice(0, before.length - end), after.slice(0, after.length - end)];
  for (let index = start; index < Math.max(old.length, now.length); index++) {
    compare(old[index], now[index], [...path, index], changes);
  }
}

function isEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a instanceof JsonNumber) return b instanceof JsonNumber && a.text === b.text;
  if (isJsonArray(a)) return isJsonArray(b) && a.length === b.length && a.every((item, at) => isEqual(item, b[at]));
  if (!isJsonObject(a)) return a === b;
  return isJsonObject(b) && a.size === b.size && [...a].every(([name, member]) => isEqual(member, b.get(name)));
}

/** The same with members in order of their names. */
function sorted(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return new Map([...value.keys()].sort().map((name) => [name, sorted(value.get(name) ?? null)]));
}

/**
 * The bytes that a digest of changes is made over: the same for equal changes, other ones for others. One JSON text: a list
 * of `[path, before, after]`, in which `before` and `after` are lists of no or one value.
 */
export function canonicalChanges(changes: readonly FieldChange[]): Uint8Array {
  const optional = (value: JsonValue | undefined): JsonArray => (value === undefined ? [] : [sorted(value)]);
  const lines = changes.map(({ path, before, after }) => [path.map(canonicalStep), optional(before), optional(after)]);
  return new TextEncoder().encode(serializeJson(lines));
}

function canonicalStep(step: PathStep): JsonValue {
  if (typeof step === 'string') return step;
  if (typeof step === 'number') return new JsonNumber(String(step));
  return 'orderOf' in step ? new Map([['orderOf', step.orderOf]]) : new Map([[step.member, step.value]]);
}
