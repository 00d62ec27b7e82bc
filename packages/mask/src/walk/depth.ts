// SPDX-License-Identifier: Apache-2.0
import { type LeafNode, type PathNode, rule } from '../rules/path-node.ts';

/**
 * Deepest nesting in which rules are followed; a Secret needs about ten levels, most of them in managedFields. What is
 * nested deeper, where any rule concerns it, is masked whole: whatever anybody may store must not cut everybody's lists.
 */
export const MAX_DEPTH = 128;

/** Deepest nesting that is read at all. Go reads 10,000 levels, so that nobody can store more. */
export const MAX_LEVELS = 16_384;

const tooDeep = rule('text', 'nested-too-deep', 'field');

/** Whether rules are followed into an object or array that stands within so many others. */
export function isFollowed({ array, object }: PathNode, isArray: boolean, depth: number): boolean {
  return depth < MAX_DEPTH && (isArray ? array : object) !== undefined;
}

/** The rule of one that they are not followed into, whose own is `leaf`. */
export function leafBeyond(
  leaf: LeafNode | undefined,
  { array, object }: PathNode,
  depth: number,
): LeafNode | undefined {
  return depth < MAX_DEPTH || (array ?? object) === undefined ? leaf : tooDeep;
}
