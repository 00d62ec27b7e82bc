// SPDX-License-Identifier: Apache-2.0
import { JsonTokenizer } from '../json/tokenizer.ts';
import { MaskError } from '../mask-error.ts';
import type { PathNode } from '../rules/path-node.ts';
import { type Finding, PathWalker } from './path-walker.ts';
import type { Scope } from './scope.ts';

/** Deepest nesting that is read; a Secret needs about ten levels, most of them in managedFields. */
export const MAX_DEPTH = 128;

/**
 * What rules concern in a JSON object that stands as text inside the object `within`, whose identity it shares.
 * `undefined` if the text is no JSON object in UTF-8.
 */
export function readDocument(
  text: Uint8Array,
  table: PathNode,
  within: Scope,
  harmlessColumns: readonly string[],
): Finding[] | undefined {
  const findings: Finding[] = [];
  const host = {
    slice: (start: number, end: number) => text.subarray(start, end),
    found: (finding: Finding) => findings.push(finding),
    unitEnd: () => undefined,
  };
  const options = { table, within, harmlessColumns, namespace: within.namespace, unitElements: false };
  const limits = { maxDepth: MAX_DEPTH, documents: 'one', arrayAtRoot: false } as const;
  const tokenizer = new JsonTokenizer(new PathWalker(host, options), limits);
  try {
    tokenizer.read(text, 0, text.length, 0);
  } catch (error) {
    if (error instanceof MaskError) return undefined;
    throw error;
  }
  return tokenizer.complete ? findings : undefined;
}
