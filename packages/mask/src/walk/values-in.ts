// SPDX-License-Identifier: Apache-2.0

import type { LeafNode } from '../rules/path-node.ts';
import { decodeBase64 } from '../text/base64.ts';
import type { Value } from '../token/token.ts';
import type { ReadContext } from './answer-context.ts';
import { textOf } from './finding.ts';
import { readDocument } from './read-document.ts';
import { readFinding } from './reading.ts';
import { Scope } from './scope.ts';
import type { UnitNotes } from './unit-notes.ts';

const NO_NAMESPACE = new Uint8Array(0);

/** The values that rules mask in a JSON object or array, in the clear; undefined if it is neither. */
export function valuesIn(document: Uint8Array, context: ReadContext): readonly Uint8Array[] | undefined {
  const notes = readDocument(document, new Scope(NO_NAMESPACE), context);
  return notes && valuesOf(notes, context, 0);
}

/** Those of them that are masked as a whole, and stand in the document itself; of all leaves, or of some. */
export function wholeValuesIn(
  document: Uint8Array,
  context: ReadContext,
  isWanted: (leaf: LeafNode) => boolean = () => true,
): readonly Uint8Array[] | undefined {
  const notes = readDocument(document, new Scope(NO_NAMESPACE), context);
  return notes?.findings.flatMap((finding) => {
    if (!isWanted(finding.leaf)) return [];
    const reading = readFinding(finding, textOf(finding, notes.source), context, { source: notes.source, depth: 0 });
    return reading.kind === 'whole' ? [inTheClear(reading.value)] : [];
  });
}

function valuesOf(notes: UnitNotes, context: ReadContext, depth: number): readonly Uint8Array[] {
  const { source } = notes;
  return notes.findings.flatMap((finding) => {
    const reading = readFinding(finding, textOf(finding, source), context, { source, depth });
    switch (reading.kind) {
      case 'whole':
        return [inTheClear(reading.value)];
      case 'document':
        return valuesOf(reading.notes, context, depth + 1);
      case 'parts':
      case 'status':
        return reading.edits.map(({ value }) => inTheClear(value));
      default:
        return [];
    }
  });
}

function inTheClear({ spelling, bytes }: Value): Uint8Array {
  return spelling === 'base64' ? decodeBase64(bytes) : bytes;
}
