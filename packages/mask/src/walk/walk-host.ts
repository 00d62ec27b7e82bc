// SPDX-License-Identifier: Apache-2.0
import type { LeafNode, PathNode } from '../rules/path-node.ts';
import type { Finding } from './finding.ts';
import type { NameMemo } from './name-memo.ts';
import type { NotedDocument } from './repeated-trees.ts';
import type { Scope } from './scope.ts';

/** Where the walker reads content and what it reports to. */
export interface WalkHost extends NotedDocument {
  /** Takes what a rule concerns. */
  found(finding: Finding): void;
  /**
   * Asked of a string or name that is only looked into: whether it must be a finding. If not, and it has no escapes, the
   * host notes where it stands.
   */
  isOfConcern(leaf: LeafNode, scope: Scope, start: number, end: number, escaped: boolean): boolean;
  /** Everything before `end` is complete. */
  unitEnd(end: number): void;
}

export interface WalkOptions {
  readonly table: PathNode;
  /** The request's namespace. */
  readonly namespace: Uint8Array;
  /** Whether elements of `items` and `rows` of the document itself are units of their own. */
  readonly unitElements: boolean;
  /** Identity for all objects, where the document lies inside another object. */
  readonly within: Scope | undefined;
  readonly harmlessColumns: readonly string[];
  readonly names: NameMemo;
}
