// SPDX-License-Identifier: Apache-2.0
import { Fault } from '../faults.ts';
import type { Change, Effect, ListedObject } from './effect.ts';

const MAX_NAMED = 3;

/**
 * Why what was approved may not be done any more: it would do something else now. Undefined where it would do the same,
 * whatever became of the object's status and version meanwhile.
 */
export function staleFault(approved: Effect, now: Effect): Fault | undefined {
  if (Buffer.compare(approved.digest, now.digest) === 0) return undefined;
  return new Fault('ERR_EFFECT_CHANGED', differenceOf(approved, now));
}

function differenceOf(approved: Effect, now: Effect): string {
  if (approved.objects && now.objects) return differingObjects(approved.objects, now.objects);
  if (!approved.object) return 'there is such an object now';
  if (!now.object) return 'there is no such object any more';
  if (approved.object.uid !== now.object.uid) return 'the object was deleted and another one made under its name';
  const paths = differingPaths(approved.changes, now.changes);
  if (paths.length === 0) return 'the object has changed in a field that is masked or that the approval does not show';
  const rest = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : '';
  return `the object has changed at ${paths.slice(0, MAX_NAMED).join(', ')}${rest}`;
}

/** Which objects went, and which came: one that was made anew did both. */
function differingObjects(approved: readonly ListedObject[], now: readonly ListedObject[]): string {
  const keyOf = ({ namespace, name, uid }: ListedObject) => JSON.stringify([namespace, name, uid]);
  const missingIn = (all: readonly ListedObject[], others: readonly ListedObject[]) => {
    const known = new Set(others.map(keyOf));
    return all.filter((one) => !known.has(keyOf(one))).map(({ name }) => name);
  };
  const [gone, come] = [missingIn(approved, now), missingIn(now, approved)];
  const said = [namedSome(gone, 'gone'), namedSome(come, 'new')].filter((words) => words !== '');
  return `the objects that it is of are others: ${said.join('; ')}`;
}

function namedSome(names: readonly string[], what: string): string {
  if (names.length === 0) return '';
  const rest = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return `${what}: ${names.slice(0, MAX_NAMED).join(', ')}${rest}`;
}

function differingPaths(approved: readonly Change[], now: readonly Change[]): readonly string[] {
  const lineOf = ({ path, before, after }: Change) => JSON.stringify([path, before ?? null, after ?? null]);
  const [were, are] = [new Set(approved.map(lineOf)), new Set(now.map(lineOf))];
  const differing = [...approved, ...now].filter((change) => !(were.has(lineOf(change)) && are.has(lineOf(change))));
  return [...new Set(differing.map(({ path }) => path))];
}
