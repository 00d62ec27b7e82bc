// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import { canonicalJson, type Json } from './canonical-json.ts';
import { EvidenceError } from './evidence-error.ts';
import { Leaf } from './record.ts';

/**
 * The record that an entry spells: UTF-8, valid by the schema, in its one canonical spelling.
 * @throws EvidenceError `ERR_EVIDENCE_RECORD`
 */
export function parseLeaf(entry: Uint8Array): Leaf {
  const text = decodeUtf8(entry);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EvidenceError('ERR_EVIDENCE_RECORD', 'the entry is not JSON', { cause });
  }
  const parsed = Leaf.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${z.core.toDotPath(issue.path) || 'record'}: ${issue.code}`);
    throw new EvidenceError('ERR_EVIDENCE_RECORD', `the entry is no record of version 1 (${problems.join('; ')})`);
  }
  if (canonicalJson(parsed.data as Json) !== text) {
    throw new EvidenceError('ERR_EVIDENCE_RECORD', 'the entry is not in its canonical spelling');
  }
  return parsed.data;
}

function decodeUtf8(entry: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(entry);
  } catch (cause) {
    throw new EvidenceError('ERR_EVIDENCE_RECORD', 'the entry is not UTF-8', { cause });
  }
}
