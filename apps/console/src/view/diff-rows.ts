// SPDX-License-Identifier: Apache-2.0
import type { ApprovalView } from '@countersign/wire';

type Change = ApprovalView['effect']['changes'][number];

/** A value of a diff: what it shares with its counterpart on either side, and between them what differs. */
export interface DiffValue {
  readonly head: string;
  readonly changed: string;
  readonly tail: string;
}

/** A field as a diff shows it. Where only one value is there, all of it is its head. */
export interface DiffRow {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: DiffValue;
  readonly after?: DiffValue;
}

/** Less than this is shared by chance, and marking around it reads worse than marking all. */
const MIN_SHARED = 4;
const WORD = /^[\p{L}\p{N}]$/u;

const whole = (changed: string): DiffValue => ({ head: '', changed, tail: '' });
const unmarked = (head: string): DiffValue => ({ head, changed: '', tail: '' });

function sharedLength(
  a: readonly string[],
  b: readonly string[],
  from: (list: readonly string[], at: number) => unknown,
) {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && from(a, length) === from(b, length)) length += 1;
  return length;
}

/** How much of a shared head or tail there is up to the word that differs: half a word is not marked. */
function toWord(shared: readonly string[], next: readonly (string | undefined)[]): number {
  let length = shared.length;
  if (!next.some((character) => WORD.test(character ?? ''))) return length;
  while (length > 0 && WORD.test(shared[length - 1] ?? '')) length -= 1;
  return length;
}

/** Where two values part and meet again, by whole words. */
export function parted(before: string, after: string): readonly [DiffValue, DiffValue] {
  const [a, b] = [Array.from(before), Array.from(after)];
  const sameHead = sharedLength(a, b, (list, at) => list[at]);
  const head = toWord(a.slice(0, sameHead), [a[sameHead], b[sameHead]]);
  const [restA, restB] = [a.slice(head), b.slice(head)];
  const sameTail = sharedLength(restA, restB, (list, at) => list.at(-1 - at));
  const tail = toWord(restA.slice(restA.length - sameTail).reverse(), [
    restA.at(-1 - sameTail),
    restB.at(-1 - sameTail),
  ]);
  if (head + tail < MIN_SHARED) return [whole(before), whole(after)];
  const cut = (list: readonly string[]): DiffValue => ({
    head: list.slice(0, head).join(''),
    changed: list.slice(head, list.length - tail).join(''),
    tail: list.slice(list.length - tail).join(''),
  });
  return [cut(a), cut(b)];
}

function rowOf({ path, before, after }: Change): DiffRow {
  if (before === undefined) return { path, kind: 'added', ...(after === undefined ? {} : { after: unmarked(after) }) };
  if (after === undefined) return { path, kind: 'removed', before: unmarked(before) };
  const [goes, comes] = parted(before, after);
  return { path, kind: 'changed', before: goes, after: comes };
}

/** The fields that a request would change, in the order in which the gateway tells them. */
export function diffRows(changes: readonly Change[]): readonly DiffRow[] {
  return changes.map(rowOf);
}

/** How many fields come, go and change: `2 changed, 1 removed`. */
export function diffCount(rows: readonly DiffRow[]): string {
  return (['changed', 'added', 'removed'] as const)
    .map((kind) => ({ kind, count: rows.filter((row) => row.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`)
    .join(', ');
}
