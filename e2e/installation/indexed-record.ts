// SPDX-License-Identifier: Apache-2.0
import type { Leaf } from '@countersign/evidence';
import { countersign } from './countersign.ts';

/** A record of the evidence log at its index. */
export interface IndexedRecord {
  readonly index: number;
  readonly record: Leaf;
}

/** An evidence log as `countersign evidence list` reads it, from an index on; its gateway may be running. */
export async function recordsOf(logDir: string, from = 0): Promise<IndexedRecord[]> {
  const text = await countersign('evidence', 'list', logDir, '--from', `${from}`, '-o', 'json');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line): IndexedRecord => JSON.parse(line));
}
