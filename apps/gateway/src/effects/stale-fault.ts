// SPDX-License-Identifier: Apache-2.0
import { Fault } from '../faults.ts';
import type { Change, Effect } from './effect.ts';

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
  if (!approved.object) return 'there is such an object now';
  if (!now.object) return 'there is no such object any more';
  if (approved.object.uid !== now.object.uid) return 'the object was deleted and another one made under its name';
  const paths = differingPaths(approved.changes, now.changes);
  if (paths.length === 0) return 'the object has changed in a field that is masked or that the approval does not show';
  const rest = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : '';
  return `the object has changed at ${paths.slice(0, MAX_NAMED).join(', ')}${rest}`;
}

function differingPaths(approved: readonly Change[], now: readonly Change[]): readonly string[] {
  const lineOf = ({ path, before, after }: Change) => JSON.stringify([path, before ?? null, after ?? null]);
  const [were, are] = [new Set(approved.map(lineOf)), new Set(now.map(lineOf))];
  const differing = [...approved, ...now].filter((change) => !(were.has(lineOf(change)) && are.has(lineOf(change))));
  return [...new Set(differing.map(({ path }) => path))];
}
