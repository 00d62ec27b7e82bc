// SPDX-License-Identifier: Apache-2.0

import type { LeafNode } from '../rules/path-node.ts';
import { decodeBase64 } from '../text/base64.ts';
import type { Value } from '../token/token.ts';
import { DENSE_TURN_BYTES, type InTurns } from '../turns.ts';
import type { ReadContext } from './answer-context.ts';
import { FINDING_BYTES, textOf } from './finding.ts';
import { readDocument, readDocumentInTurns } from './read-document.ts';
import { type Reading, readAhead, readFinding } from './reading.ts';
import { Scope } from './scope.ts';
import type { UnitNotes } from './unit-notes.ts';

const NO_NAMESPACE = new Uint8Array(0);

/** The values that rules mask in a JSON object or array, in the clear; undefined if it is neither. */
export function valuesIn(document: Uint8Array, context: ReadContext): readonly Uint8Array[] | undefined {
  const notes = readDocument(document, new Scope(NO_NAMESPACE), context);
  return notes && valuesOf(notes, context, 0);
}

/**
 * Those of them that are masked as a whole, and are values in the document itself, of all leaves or of some: as they stand
 * there, without escapes but in their base64. Keys of managed fields only repeat values.
 */
export function* wholeValuesIn(
  document: Uint8Array,
  context: ReadContext,
  isWanted: (leaf: LeafNode) => boolean = () => true,
): InTurns<readonly Uint8Array[] | undefined> {
  const notes = yield* readDocumentInTurns(document, new Scope(NO_NAMESPACE), context);
  if (notes === undefined) return undefined;
  const place = { source: notes.source, depth: 0 };
  const values: Uint8Array[] = [];
  let bytes = 0;
  for (const finding of notes.findings) {
    if (finding.form === 'key' || !isWanted(finding.leaf)) continue;
    const text = textOf(finding, notes.source);
    bytes += text.length + FINDING_BYTES;
    if (bytes > DENSE_TURN_BYTES) {
      bytes = 0;
      yield;
    }
    const reading = readFinding(finding, text, context, place, yield* readAhead(finding, text, context, place));
    if (reading.kind === 'whole') values.push(text);
  }
  return values;
}

/** All that rules mask in a JSON object or array, wholes, parts of texts and what is in JSON in strings; undefined if it is neither. */
export function* partsIn(document: Uint8Array, context: ReadContext): InTurns<readonly Uint8Array[] | undefined> {
  const notes = yield* readDocumentInTurns(document, new Scope(NO_NAMESPACE), context);
  return notes && (yield* valuesOfInTurns(notes, context, 0));
}

function* valuesOfInTurns(notes: UnitNotes, context: ReadContext, depth: number): InTurns<readonly Uint8Array[]> {
  const place = { source: notes.source, depth };
  const values: Uint8Array[] = [];
  let bytes = 0;
  for (const finding of notes.findings) {
    const text = textOf(finding, notes.source);
    bytes += text.length + FINDING_BYTES;
    if (bytes > DENSE_TURN_BYTES) {
      bytes = 0;
      yield;
    }
    const reading = readFinding(finding, text, context, place, yield* readAhead(finding, text, context, place));
    const inner =
      reading.kind === 'document' ? yield* valuesOfInTurns(reading.notes, context, depth + 1) : ownValues(reading);
    for (const value of inner) values.push(value);
  }
  return values;
}

function valuesOf(notes: UnitNotes, context: ReadContext, depth: number): readonly Uint8Array[] {
  const { source } = notes;
  return notes.findings.flatMap((finding) => {
    const reading = readFinding(finding, textOf(finding, source), context, { source, depth });
    return reading.kind === 'document' ? valuesOf(reading.notes, context, depth + 1) : ownValues(reading);
  });
}

function ownValues(reading: Reading): readonly Uint8Array[] {
  switch (reading.kind) {
    case 'whole':
      return [inTheClear(reading.value)];
    case 'parts':
    case 'status':
      return reading.edits.map(({ value }) => inTheClear(value));
    default:
      return [];
  }
}

function inTheClear({ spelling, bytes }: Value): Uint8Array {
  return spelling === 'base64' ? decodeBase64(bytes) : bytes;
}
