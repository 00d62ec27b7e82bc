// SPDX-License-Identifier: Apache-2.0
// Protobuf as a list of fields that need not be those of any message. Texts are latin-1.
import type { Random } from '../random.ts';

/** A field with what stands in it: a varint as a number or in bytes, a text, or fields. */
export type WireField = readonly [number: number, value: number | string | WireTree];
export type WireTree = readonly WireField[];

const BYTES = 2;

function varint(value: number): string {
  let text = '';
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return text + String.fromCharCode(rest);
    text += String.fromCharCode((rest % 128) + 128);
  }
}

export function encodeTree(tree: WireTree): string {
  return tree
    .map(([number, value]) => {
      if (typeof value === 'number') return varint(number * 8) + varint(value);
      const bytes = typeof value === 'string' ? value : encodeTree(value);
      return varint(number * 8 + BYTES) + varint(bytes.length) + bytes;
    })
    .join('');
}

/** Values that decoders differ on. */
const VALUES: readonly (number | string)[] = [
  ...[0, 1, 2, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER],
  ...['', 'x', '\xff', '\xc0\xaf', '\xed\xa0\x80', '\0', '\xc3\xa9', '{"a":1,"a":2}', 'k8s\0', '\x0a\x01x'],
];
const NUMBERS: readonly number[] = [1, 2, 3, 4, 8, 11, 12, 14, 15, 16, 100, 19_000, 536_870_911];

/** The tree with one change: a field again, another value, a field that no message has, another order, or one less. */
export function changedWire(tree: WireTree, random: Random): WireTree {
  const at = random.below(tree.length);
  const [number, value] = tree[at] ?? [1, 'x'];
  if (typeof value === 'object' && random.below(3) > 0) {
    return tree.with(at, [number, changedWire(value, random)]);
  }
  const makers: readonly (() => WireTree)[] = [
    () => [...tree, [number, value]],
    () => [...tree, [number, random.pick(VALUES)]],
    () => [[number, random.pick(VALUES)], ...tree],
    () => (tree.length === 0 ? tree : tree.with(at, [number, random.pick(VALUES)])),
    () => [...tree, [random.pick(NUMBERS), random.pick(VALUES)]],
    () => tree.toReversed(),
    () => tree.toSpliced(at, 1),
  ];
  return random.pick(makers)();
}
