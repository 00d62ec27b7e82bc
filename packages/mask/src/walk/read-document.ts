// SPDX-License-Identifier: Apache-2.0
import { JsonTokenizer } from '../json/tokenizer.ts';
import { MaskError } from '../mask-error.ts';
import type { PathNode } from '../rules/path-node.ts';
import { atOnce, type InTurns, TURN_BYTES } from '../turns.ts';
import { MAX_LEVELS } from './depth.ts';
import type { NameMemo } from './name-memo.ts';
import { PathWalker } from './path-walker.ts';
import type { Scope } from './scope.ts';
import { UnitNotes } from './unit-notes.ts';

export interface DocumentOptions {
  readonly table: PathNode;
  readonly harmlessColumns: readonly string[];
  readonly names: NameMemo;
}

/**
 * What rules concern in a JSON object or array that stands as text inside the object `within`, whose identity it
 * shares. `undefined` if the text is neither in UTF-8.
 */
export function readDocument(text: Uint8Array, within: Scope, options: DocumentOptions): UnitNotes | undefined {
  return atOnce(readDocumentInTurns(text, within, options));
}

/** Like `readDocument`. */
export function* readDocumentInTurns(
  text: Uint8Array,
  within: Scope,
  options: DocumentOptions,
): InTurns<UnitNotes | undefined> {
  const notes = new UnitNotes({ bytes: text, base: 0 }, () => undefined);
  const walker = new PathWalker(notes, { ...options, within, namespace: within.namespace, unitElements: false });
  const limits = { maxDepth: MAX_LEVELS, documents: 'one', arrayAtRoot: options.table.array !== undefined } as const;
  const tokenizer = new JsonTokenizer(walker, limits);
  try {
    for (let at = 0; at < text.length; at += TURN_BYTES) {
      if (at > 0) yield;
      tokenizer.read(text, at, Math.min(at + TURN_BYTES, text.length), 0);
    }
  } catch (error) {
    if (error instanceof MaskError) return undefined;
    throw error;
  }
  return tokenizer.complete ? notes : undefined;
}
